/// What a source can show of a backend, and what would show the rest.
///
/// A source never leaves a part out in silence: each is seen, or missing with the step that enables it.
public struct Coverage: Hashable, Sendable {
    /// The parts that an operator looks for, in the order they are shown.
    public enum Part: String, Hashable, Sendable, CaseIterable {
        case health, sessions, runs, patterns, dispatchers, events
    }

    /// Why a part cannot be seen, and what would enable it; parts that are not in here are seen.
    public var missing: [Part: String]
    /// What must be known about the parts that are seen, such as `events: only once they are over`.
    public var notes: [String]
    /// When a step of a run becomes visible; rules about silence compare with it.
    public var timing = Timing.asItHappens
    /// Whether a step, of which the begin is seen, may be silent for minutes, as a node that calls a model is.
    public var isSilentWithinSteps = false
    /// How much of each list was read; a part that is absent was read whole.
    public var listed: [Part: Listed] = [:]
    /// The lines that would make the pattern visible on the stack that was recognised; empty where it is.
    public var exposingLines: [String] = []

    /// When a source shows the steps of a run.
    public enum Timing: String, Hashable, Sendable, CaseIterable {
        /// As they happen: silence means that nothing happened.
        case asItHappens
        /// Each step when it ends: a long step is silent although it is at work.
        case atItsEnd
        /// Only what a poll finds: silence means nothing.
        case snapshotsOnly
    }

    /// How much of a list was read.
    public struct Listed: Hashable, Sendable {
        /// How many rows were read.
        public let read: Int
        /// How many rows the server counts; nil when it does not report a total.
        public let total: Int?
        /// Whether waiting, failed or busy rows may be among those that were not read.
        public let missesUrgent: Bool
        /// What the operator can do to have the rest read; nil when nothing helps.
        public let remedy: String?

        /// Describes a list of which `read` rows, of `total`, were read.
        public init(read: Int, total: Int?, missesUrgent: Bool = false, remedy: String? = nil) {
            self.read = read
            self.total = total
            self.missesUrgent = missesUrgent
            self.remedy = remedy
        }

        /// Whether rows are known to be missing.
        public var isPartial: Bool { total.map { $0 > read } ?? true }

        /// The words for a person: `200 of 325`, or `200 of an unknown number`.
        public var words: String { "\(read) of \(total.map(String.init) ?? "an unknown number")" }

        /// The same as a statement with its remedy: `7 of an unknown number read; name the users in config.toml`.
        public var reading: String { "\(words) read" + (remedy.map { "; \($0)" } ?? "") }
    }

    /// Everything is seen but `missing`.
    public init(missing: [Part: String] = [:], notes: [String] = [], timing: Timing = .asItHappens) {
        self.missing = missing
        self.notes = notes
        self.timing = timing
    }

    /// The same of a source whose steps may be silent for minutes.
    public var silentWithinSteps: Coverage {
        var coverage = self
        coverage.isSilentWithinSteps = true
        return coverage
    }

    /// Everything is seen, as on our own wire.
    public static let whole = Coverage()

    /// What a file of events can show.
    public static let file = Coverage(missing: [
        .health: "a file of events holds no health answer; ask the backend itself"
    ])

    /// Whether the part can be seen.
    public func sees(_ part: Part) -> Bool { missing[part] == nil }

    /// Whether the source is a server that is asked for its lists, and not one that reports each end.
    public var isPolled: Bool { timing != .asItHappens || isSilentWithinSteps }

    /// What is known to be missing from the lists: `sessions: 200 of 325 read`.
    public var partialLists: [String] {
        Part.allCases.compactMap { part in
            listed[part].flatMap { $0.isPartial ? "\(part.rawValue): \($0.reading)" : nil }
        }
    }

    /// One line for a table: `health ✓ sessions ✓ runs ✓ patterns ✗ dispatchers ✗ events ✓`.
    public var summary: String {
        Part.allCases.map { "\($0.rawValue) \(sees($0) ? "✓" : "✗")" }.joined(separator: " ")
    }

    /// The missing parts with their reasons, `patterns: …`, in the order of the parts.
    public var notObservable: [String] {
        Part.allCases.compactMap { part in missing[part].map { "\(part.rawValue): \($0)" } }
    }
}
