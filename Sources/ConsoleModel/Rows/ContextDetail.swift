import PatternDetection
import WireProtocol

/// One user context, whole: ids, dispatcher, limits, runs, timeline and isolation.
public struct ContextDetail: Equatable, Sendable {
    /// The session as the sessions view shows it.
    public let session: SessionRow
    /// The context's ids, where the backend sends them.
    public let context: ContextRecord?
    /// How long until the deadline; negative when it has passed.
    public let deadlineIn: Duration?
    /// The path that it came in by.
    public let path: PathRow?
    /// The dispatcher that serves it.
    public let dispatcher: DispatcherRow?
    /// The backend's limits, by name.
    public let limits: [NamedLimit]
    /// Its runs, the newest first; at most 50.
    public let runs: [RunRow]
    /// Its events, oldest first, the newest 200; a line for what is missing stands last.
    public let timeline: [TimelineRow]
    /// What was counted about isolation.
    public let isolation: Isolation
    /// What triage says about it, its runs, its dispatcher and its path, most urgent first.
    public let findings: [FindingRow]
    /// How long its finished tool calls took; nil before the first.
    public let toolTimes: ToolTimes?
    /// Where it stands among the sessions view's rows, from 1; nil when the filter hides it.
    public let position: Int?
    /// How many other users wait in the same tool; nil when no tool executes.
    public let othersInTool: Int?

    /// A limit with its name.
    public struct NamedLimit: Hashable, Sendable {
        /// The name.
        public let name: String
        /// The limit and its use.
        public let record: LimitRecord
    }

    /// What was counted about isolation, and whether that proves anything.
    public struct Isolation: Hashable, Sendable {
        /// Events seen.
        public let events: Int
        /// Contexts or dispatchers seen.
        public let dispatchers: Int
        /// Events that named another user.
        public let crossings: Int
        /// The paths on which isolation cannot be proven, by name.
        public let notProvable: [String]
        /// Whether the link to a backend is lost, so that nothing is known of what happens now.
        public var isOld = false
        /// The parts of backends that could not be read, by name.
        public var unread: [String] = []
        /// The parts that a crossing would show in and that the sources cannot show, by name.
        public var unobserved: [String] = []

        /// `212 events, 1 dispatcher, 0 crossings (everything observable)`.
        public var text: String {
            let counts =
                "\(CountText.plural(events, "event")), \(CountText.plural(dispatchers, "dispatcher")), "
                + "\(CountText.plural(crossings, "crossing"))"
            if isOld { return counts + " before the link was lost" }
            if !unread.isEmpty { return counts + "; not read: " + unread.joined(separator: ", ") }
            if !unobserved.isEmpty {
                return counts + "; not observable: " + unobserved.joined(separator: ", ")
            }
            return notProvable.isEmpty
                ? counts + " (everything observable)"
                : counts + "; \(notProvable.joined(separator: ", ")) not provable"
        }
    }
}

/// One run of a context.
public struct RunRow: Equatable, Sendable {
    /// Which run.
    public let key: RunKey
    /// The agent's name, where it is known.
    public let agent: String?
    /// What it has sent.
    public let ledger: EventLedger
    /// How it stands.
    public let state: RunRecord.State
    /// Whether it is open and silent for too long.
    public let isStuck: Bool
    /// How long it took, or has taken so far; nil when its start was not seen.
    public let took: Duration?
    /// In which ways it breaks the grammar.
    public let violations: [String]
    /// What it did, from its start on; empty when its start was not seen.
    public let spans: [Span]

    /// One stretch of a run.
    public struct Span: Hashable, Sendable {
        /// What filled it.
        public enum Kind: Hashable, Sendable { case thinking, tool, failed }
        /// What filled it.
        public let kind: Kind
        /// From when, counted from the run's start.
        public let start: Duration
        /// To when; ``RunRow/took`` while it goes on.
        public let end: Duration
    }

    /// What a selection keeps.
    public var rowID: RowID { .run(key) }
    /// Glyph and word: `✓ completed`, `! stuck`.
    public var stateText: String { isStuck ? "! stuck" : "\(state.glyph) \(state.rawValue)" }
}

/// One line of a context's timeline.
public struct TimelineRow: Equatable, Sendable {
    /// The event's number; ``RowID/missing`` for the line of what should have come.
    public let rowID: RowID
    /// When; nil for the line of what is missing, which is now.
    public let at: Timestamp?
    /// The time since the event before.
    public let gap: Duration?
    /// The operator's word, or `(missing)`.
    public let word: String
    /// What it says; a result also what its call was and how long that took.
    public let detail: String
    /// 0, 1, 2… within the run.
    public let sequence: Int?
    /// What its colour comes from.
    public let severity: Severity?
}
