import PatternDetection

/// Whether and how a console is linked to a backend.
public enum LinkState: String, Hashable, Sendable, CaseIterable {
    case connecting, connected, stale, lost, ended
}

/// One backend in the console's document: its snapshot, and how the console reached it.
public struct BackendDocument: Hashable, Sendable {
    /// What the backend said, with the console's own verdicts in it.
    public var snapshot: BackendSnapshot
    /// The address it was reached at.
    public var url: String
    /// The dialect that was chosen.
    public var dialect: String
    /// How the link stands.
    public var link: LinkState
    /// What was received and lost on the way.
    public var counters = CountersRecord()

    /// Puts an element together.
    public init(snapshot: BackendSnapshot, url: String, dialect: String, link: LinkState) {
        self.snapshot = snapshot
        self.url = url
        self.dialect = dialect
        self.link = link
    }

    /// One element of `backends`.
    public var json: JSONValue {
        var object: JSONObject = [
            "name": .string(snapshot.name), "url": .string(url), "dialect": .string(dialect),
        ]
        object.set("version", snapshot.version)
        object.set("instance", snapshot.instance)
        object.set("bootId", snapshot.bootID)
        object.set("startedAt", snapshot.startedAt)
        object.set("link", link.rawValue)
        snapshot.appendParts(to: &object)
        object["counters"] = counters.json
        return .object(object)
    }
}

/// What a console received from one backend, and what it could not use.
public struct CountersRecord: WireRecord {
    /// Event lines received, refused ones included.
    public var eventsReceived = 0
    /// Events known to be lost between backend and screen.
    public var eventsDropped = 0
    /// Lines, rows and documents that could not be read.
    public var decodeErrors = 0
    /// How often the link was made anew.
    public var reconnects = 0

    /// All zero.
    public init() {}

    /// Reads the four counters; absent ones are zero.
    public init?(json: JSONObject) {
        eventsReceived = json.int("eventsReceived") ?? 0
        eventsDropped = json.int("eventsDropped") ?? 0
        decodeErrors = json.int("decodeErrors") ?? 0
        reconnects = json.int("reconnects") ?? 0
    }

    /// `{eventsReceived, eventsDropped, decodeErrors, reconnects}`.
    public var json: JSONValue {
        var object = JSONObject()
        object.set("eventsReceived", eventsReceived)
        object.set("eventsDropped", eventsDropped)
        object.set("decodeErrors", decodeErrors)
        object.set("reconnects", reconnects)
        return .object(object)
    }
}

/// One finding as it travels.
public struct FindingRecord: Hashable, Sendable {
    /// `RULE:SUBJECT`, stable across polls.
    public var id: String { "\(rule):\(subject)" }
    /// The rule's id.
    public var rule: String
    /// notice, warning or critical.
    public var severity: Severity
    /// The backend's name.
    public var backend: String
    /// `path:ID | session:ID | run:ID | dispatcher:ID | backend:NAME`.
    public var subject: String
    /// One sentence with the numbers that made the rule fire.
    public var summary: String
    /// The rows that caused it.
    public var evidence: [EvidenceRecord]
    /// What to do, as one sentence.
    public var advice: String
    /// Since when, as far as the source tells.
    public var since: Timestamp?

    /// Puts a finding together.
    public init(
        rule: String, severity: Severity, backend: String, subject: String, summary: String,
        evidence: [EvidenceRecord], advice: String, since: Timestamp?
    ) {
        self.rule = rule
        self.severity = severity
        self.backend = backend
        self.subject = subject
        self.summary = summary
        self.evidence = evidence
        self.advice = advice
        self.since = since
    }

    /// One element of `findings`.
    public var json: JSONValue {
        var object: JSONObject = [
            "id": .string(id), "rule": .string(rule), "severity": .string(severity.rawValue),
            "backend": .string(backend), "subject": .string(subject), "summary": .string(summary),
        ]
        object.set("evidence", evidence)
        object.set("advice", advice)
        object.set("since", since)
        return .object(object)
    }
}

/// What `ctxtop snapshot --format json` prints: schema `ctxtop.snapshot/1`.
public struct SnapshotDocument: Hashable, Sendable {
    /// When the document was made.
    public var takenAt: Timestamp
    /// Every backend.
    public var backends: [BackendDocument]
    /// Every finding, most urgent first.
    public var findings: [FindingRecord]

    /// Puts a document together.
    public init(takenAt: Timestamp, backends: [BackendDocument], findings: [FindingRecord]) {
        self.takenAt = takenAt
        self.backends = backends
        self.findings = findings
    }

    /// The document.
    public var json: JSONValue {
        [
            "schema": "ctxtop.snapshot/1", "takenAt": .string(takenAt.rfc3339),
            "backends": .array(backends.map(\.json)), "findings": .array(findings.map(\.json)),
        ]
    }
}
