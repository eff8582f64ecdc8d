import PatternDetection

/// One consumer path in a snapshot: detected, expected and last outcome, never merged.
public struct PathRecord: WireRecord {
    /// Which path.
    public var path: ConsumerPath
    /// What kind of entrance it is.
    public var kind: ConsumerPath.Kind?
    /// What the sender detected; a console shows its own judgement instead.
    public var detected = Verdict.unknown
    /// The declared target, ``Verdict/unknown`` where nothing declares one.
    public var expected = Verdict.unknown
    /// Which pattern wins when ``detected`` is mixed.
    public var wins: Verdict?
    /// What was observed about the path.
    public var evidence: [EvidenceRecord] = []
    /// How the last creation of a dispatcher ended.
    public var lastOutcome = OutcomeRecord()
    /// Creations that succeeded, fallbacks included.
    public var created = 0
    /// Creations that failed.
    public var failed = 0
    /// Creations that succeeded only by falling back to the legacy dispatcher.
    public var fallbacks = 0
    /// When each pattern last served this path, by the pattern's wire name.
    public var lastUsedAt: [String: Timestamp] = [:]

    /// A path of which only the name is known.
    public init(path: ConsumerPath) {
        self.path = path
        kind = path.kind
    }

    /// Reads one element of `paths`.
    public init?(json: JSONObject) {
        guard let name = json.string("path") else { return nil }
        self.init(path: ConsumerPath(rawValue: name))
        kind = json.string("kind").flatMap { ConsumerPath.Kind(rawValue: $0) } ?? kind
        detected = json.string("detected").flatMap { Verdict($0) } ?? .unknown
        expected = json.string("expected").flatMap { Verdict($0) } ?? .unknown
        wins = json.string("wins").flatMap { Verdict($0) }
        var refused = 0
        evidence = json.records("evidence", refused: &refused)
        lastOutcome = json["lastOutcome"]?.object.flatMap { OutcomeRecord(json: $0) } ?? OutcomeRecord()
        created = json.int("created") ?? 0
        failed = json.int("failed") ?? 0
        fallbacks = json.int("fallbacks") ?? 0
        for member in json["lastUsedAt"]?.object?.members ?? [] {
            lastUsedAt[member.name] = member.value.string.flatMap { Timestamp(rfc3339: $0) }
        }
    }

    /// One element of `paths`.
    public var json: JSONValue {
        var object: JSONObject = ["path": .string(path.rawValue)]
        object.set("kind", kind?.rawValue)
        object.set("detected", detected.description)
        object.set("expected", expected.description)
        object.set("wins", wins?.description)
        object.set("evidence", evidence)
        object["lastOutcome"] = lastOutcome.json
        object.set("created", created)
        object.set("failed", failed)
        object.set("fallbacks", fallbacks)
        var used = JSONObject()
        for (pattern, time) in lastUsedAt.sorted(by: { $0.key < $1.key }) { used.set(pattern, time) }
        object["lastUsedAt"] = .object(used)
        return .object(object)
    }

    /// Judges the path by its evidence, with the function the backend initialises with.
    public var judgement: Judgement { PatternDetector.judge(path, evidence.map(\.evidence)) }
}

/// How the last creation of a dispatcher on a path ended.
public struct OutcomeRecord: WireRecord {
    /// The ways it can end; none means no creation was tried.
    public enum Status: String, Hashable, Sendable, CaseIterable {
        case ok, error, fallback, none
    }

    /// How it ended.
    public var status = Status.none
    /// The error's words, where there was one.
    public var error: String?
    /// When.
    public var at: Timestamp?

    /// No creation yet, unless said otherwise.
    public init(_ status: Status = .none, error: String? = nil, at: Timestamp? = nil) {
        self.status = status
        self.error = error
        self.at = at
    }

    /// Reads `{status, error, at}`; an unknown status is none.
    public init?(json: JSONObject) {
        self.init(
            json.string("status").flatMap { Status(rawValue: $0) } ?? .none, error: json.string("error"),
            at: json.time("at"))
    }

    /// `{status, error, at}`.
    public var json: JSONValue {
        var object: JSONObject = ["status": .string(status.rawValue)]
        object.set("error", error)
        object.set("at", at)
        return .object(object)
    }
}
