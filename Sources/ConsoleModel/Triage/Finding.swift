import PatternDetection
import WireProtocol

/// What a finding is about.
public enum Subject: Hashable, Sendable {
    case path(ConsumerPath), dispatcher(DispatcherID)
    /// A session or run, with its user where another one has the same id.
    case session(SessionID, of: UserID?), run(RunID, of: UserID?)
    /// The backend itself, by name.
    case backend(String)

    /// The wire's spelling: `path:websocket`.
    public var text: String {
        switch self {
        case .path(let path): "path:\(path)"
        case .session(let id, let owner): "session:" + Self.words(id, owner)
        case .run(let id, let owner): "run:" + Self.words(id, owner)
        case .dispatcher(let id): "dispatcher:\(id)"
        case .backend(let name): "backend:\(name)"
        }
    }
}

extension Subject {
    /// `USER/ID` where users share the id, else the id.
    public static func words(_ id: some WireIdentifier, _ owner: UserID?) -> String {
        (owner.map { "\($0)/" } ?? "") + id.rawValue
    }
}

/// The order of needs within one severity (DESIGN.md): a breach first, a notice last.
public enum Urgency: Int, Hashable, Sendable, CaseIterable, Comparable {
    case breach, brokenPath, missingEnd, error, stuck, waiting, legacy, restatement, notice

    /// The more urgent first.
    public static func < (first: Self, second: Self) -> Bool { first.rawValue < second.rawValue }
}

/// A rule's verdict about something, with what caused it and what to do.
public struct Finding: Hashable, Sendable {
    /// The rule's id.
    public let rule: String
    /// notice, warning or critical.
    public let severity: Severity
    /// Where it ranks within its severity.
    public let urgency: Urgency
    /// On which backend.
    public let backend: BackendKey
    /// What it is about.
    public let subject: Subject
    /// One sentence with the numbers that made the rule fire.
    public let summary: String
    /// The rows that caused it.
    public let evidence: [EvidenceRecord]
    /// What to do, as one sentence.
    public let advice: String
    /// Since when: the evidence's time, else when this console first saw it.
    public internal(set) var since: Timestamp?
    /// Whether it does not hold at this moment but comes and goes, so that it is still shown.
    public internal(set) var isHeld = false

    /// `RULE:SUBJECT`, stable across polls.
    public var id: String { "\(rule):\(subject.text)" }
    /// The same, told apart by backend.
    public var key: FindingKey { FindingKey(backend: backend, id: id) }

    /// By severity, then urgency, then age, then identity: the first needs a person first.
    static func isMoreUrgent(_ first: Finding, _ second: Finding) -> Bool {
        if first.severity != second.severity { return first.severity > second.severity }
        if first.urgency != second.urgency { return first.urgency < second.urgency }
        let (one, other) = (first.since?.milliseconds ?? .max, second.since?.milliseconds ?? .max)
        if one != other { return one < other }
        if first.backend != second.backend { return first.backend < second.backend }
        return first.id < second.id
    }
}

/// What a rule saw on the backend that it looked at, before it becomes a ``Finding``.
public struct Observation: Sendable {
    /// What it is about.
    public var subject: Subject
    /// One sentence with the numbers.
    public var summary: String
    /// The rows that caused it.
    public var evidence: [EvidenceRecord]
    /// Since when, if the evidence tells.
    public var since: Timestamp?
    /// Another severity than the rule's own.
    public var severity: Severity?
    /// Another place in the ranking than the rule's own.
    public var urgency: Urgency?
    /// Another advice than the rule's own.
    public var advice: String?

    init(
        _ subject: Subject, _ summary: String, evidence: [EvidenceRecord],
        since: Timestamp?, severity: Severity? = nil, urgency: Urgency? = nil
    ) {
        self.subject = subject
        self.summary = summary
        self.evidence = evidence
        self.since = since
        self.severity = severity
        self.urgency = urgency
    }
}
