/// How long to wait before the next try: doubling, capped, with full jitter.
///
/// Pure: the randomness comes in. "Full jitter" is any time between nothing and
/// the ceiling, so that consoles do not come back all at once.
public struct Backoff: Hashable, Sendable {
    /// The first ceiling.
    public static let initial = Duration.milliseconds(500)
    /// The highest ceiling.
    public static let maximum = Duration.seconds(30)
    /// The shortest wait, so that a refusing backend is not asked without pause.
    public static let minimum = Duration.milliseconds(100)

    private var failures = 0

    /// Nothing has failed yet.
    public init() {}

    /// The highest wait after the next failure.
    public var ceiling: Duration { min(Self.maximum, Self.initial * (1 << min(failures, 10))) }

    /// Counts a failure and gives the wait; `fraction` is a random number from 0 to 1.
    public mutating func next(_ fraction: Double) -> Duration {
        defer { failures += 1 }
        return max(Self.minimum, ceiling * min(1, max(0, fraction)))
    }

    /// Forgets the failures, after a link that worked.
    public mutating func reset() { failures = 0 }
}
