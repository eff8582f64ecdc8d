/// How long a scripted agent takes to think, and its slow tool to work.
public struct AgentPace: Sendable, Equatable {
    /// The shortest and longest pause before each step, in milliseconds.
    public var thinkingMilliseconds: ClosedRange<Int>
    /// How long the slow tool works, in milliseconds.
    public var slowToolMilliseconds: ClosedRange<Int>

    /// Chooses the pauses.
    public init(thinkingMilliseconds: ClosedRange<Int>, slowToolMilliseconds: ClosedRange<Int>) {
        self.thinkingMilliseconds = thinkingMilliseconds
        self.slowToolMilliseconds = slowToolMilliseconds
    }

    /// As a model behind an API would: runs take about 2 to 10 s.
    public static let human = AgentPace(thinkingMilliseconds: 150...1_200, slowToolMilliseconds: 800...4_000)
    /// No pause at all, for tests and benchmarks.
    public static let immediate = AgentPace(thinkingMilliseconds: 0...0, slowToolMilliseconds: 0...0)
}
