import PatternDetection
import WireProtocol

/// Everything the console knows; a frame is a pure function of it.
///
/// Copy it only for as long as a frame is drawn: a copy that lives on while
/// the store changes costs the event log a copy of its own.
public struct ConsoleState: Equatable, Sendable {
    /// The latest moment heard of, by a tick or a message; views use it instead of a clock.
    public internal(set) var now: Timestamp
    /// When the console began to watch.
    public let startedAt: Timestamp
    /// Every backend, in the order they were added.
    public internal(set) var backends: [BackendState] = []
    /// The events, of all backends, in arrival order.
    public internal(set) var events: EventLog
    /// The texts that events refer to.
    public internal(set) var symbols = SymbolTable()
    /// Where the user is and what is typed and selected.
    public internal(set) var interface = InterfaceState()
    /// What triage says, most urgent first; refreshed by ticks and messages, at most five times a second by events.
    public internal(set) var findings: [Finding] = []
    /// What changed lately, newest last; at most ``maximumChanges``.
    public internal(set) var changes: [Change] = []
    /// The declared targets of `--expect`, which win over the wire's.
    public internal(set) var expected: [ConsumerPath: Verdict]
    /// The settings of `--rule`, by rule id.
    public internal(set) var ruleSettings: [String: RuleSetting]
    /// The limits of rules that differ from their standard, by ``RuleLimit/key``.
    public internal(set) var ruleLimits: [String: Int64]
    /// What is kept from screens, copies and documents.
    public let redaction: Redaction
    /// When each finding was first seen.
    var firstSeen: [FindingKey: Timestamp] = [:]
    /// Which findings come and go, so that they are held.
    var flapping = FlapMemory()
    /// When ``findings`` was made.
    var triagedAt: Timestamp?
    /// Rows that were derived from all this already.
    var derived = Derived()

    /// How many changes are kept.
    public static let maximumChanges = 200

    /// A console that has heard nothing yet.
    public init(
        now: Timestamp, expected: [ConsumerPath: Verdict] = [:], ruleSettings: [String: RuleSetting] = [:],
        ruleLimits: [String: Int64] = [:], redaction: Redaction = .secrets,
        eventLimits: EventLog.Limits = .standard
    ) {
        self.now = now
        startedAt = now
        self.expected = expected
        self.ruleSettings = ruleSettings
        self.ruleLimits = ruleLimits
        self.redaction = redaction
        events = EventLog(limits: eventLimits)
    }

    /// The backend of that key.
    public func backend(_ key: BackendKey) -> BackendState? { backends.first { $0.key == key } }

    /// The line of an event as it may be shown; empty when it was let go.
    func line(_ number: Int) -> [UInt8] { redaction.line(events.line(number, symbols)) }

    /// The text of a symbol.
    public func text(_ symbol: Symbol) -> String { symbols[symbol] }

    /// The declared target of a path: `--expect` wins over the wire.
    func expected(_ path: PathState) -> Verdict { expected[path.record.path] ?? path.record.expected }
}

/// What `--rule ID=…` can say.
public enum RuleSetting: String, Hashable, Sendable, CaseIterable {
    case off, warning, critical
}

/// Something that became different, for the list on Pulse.
public struct Change: Hashable, Sendable {
    /// When.
    public let at: Timestamp
    /// On which backend.
    public let backend: BackendKey
    /// What, in words: `websocket ok → error`.
    public let text: String
    /// How urgent the new state is.
    public let severity: Severity
}
