import PatternDetection

/// A story that a backend plays, for demos and tests: how it starts, and what happens then.
public struct Scenario: Sendable {
    /// The name that `--scenario` takes.
    public let name: String
    /// What an operator sees, in one sentence.
    public let summary: String
    /// Changes the configuration before the start.
    public let prepare: @Sendable (inout BackendConfiguration) -> Void
    /// What happens while it runs; it returns when nothing more will.
    public let play: @Sendable (Backend, ScenarioTiming) async throws -> Void

    /// Every scenario, in the order that help lists them.
    public static let all: [Scenario] = [.steady, .incident]

    /// The scenario of that name.
    public static func named(_ name: String) -> Scenario? { all.first { $0.name == name } }
}

/// When the turns of a scenario come.
public struct ScenarioTiming: Sendable {
    /// How long a broken path stays broken before it is fixed.
    public var fixAfter: Duration

    /// 60 s, long enough to look around.
    public init(fixAfter: Duration = .seconds(60)) { self.fixAfter = fixAfter }
}
