/// When one synthetic user asks for the next run: evenly from start to start, ever later while runs fail.
struct SyntheticRhythm: Equatable {
    /// The longest pause after failures, as seconds; a path that works again is noticed within it.
    static let longestBackoff = 30.0

    /// The seconds from one start to the next.
    let interval: Double
    private var failures = 0

    /// A rhythm of so many runs a minute.
    init(rate: Double) { interval = 60 / rate }

    /// The seconds to wait after a run that took so many; `jitter` scales what is meant, 1 is exact.
    mutating func pause(after outcome: WorkOutcome, took: Double, jitter: Double) -> Double {
        if outcome == .completed {
            failures = 0
            return max(0, interval * jitter - took)
        }
        failures = min(failures + 1, 10)
        let backoff = min(Self.longestBackoff, Double(1 << (failures - 1)))
        // Never faster than the interval, whatever the jitter and however long the failure took.
        return max(interval, backoff * jitter, interval * jitter - took)
    }
}
