/// How start-up went, phase by phase.
public struct StartupRecord: WireRecord {
    /// One phase of start-up.
    public struct Phase: WireRecord {
        /// The phase's name.
        public var name: String
        /// `ok`, `failed`, `running` or what the source says.
        public var status: String
        /// How long it took, in milliseconds.
        public var ms: Double?

        /// Puts a phase together.
        public init(name: String, status: String, ms: Double? = nil) {
            self.name = name
            self.status = status
            self.ms = ms
        }

        /// Reads `{name, status, ms}`.
        public init?(json: JSONObject) {
            guard let name = json.string("name") else { return nil }
            self.init(name: name, status: json.string("status") ?? "", ms: json.double("ms"))
        }

        /// `{name, status, ms}`.
        public var json: JSONValue {
            var object: JSONObject = ["name": .string(name), "status": .string(status)]
            object.set("ms", ms)
            return .object(object)
        }
    }

    /// The phase that start-up is in, or `complete`.
    public var phase: String?
    /// What stopped it.
    public var error: String?
    /// Every phase so far.
    public var phases: [Phase] = []

    /// A start-up of which nothing is known.
    public init() {}

    /// Reads `{phase, error, phases}`.
    public init?(json: JSONObject) {
        phase = json.string("phase")
        error = json.string("error")
        var refused = 0
        phases = json.records("phases", refused: &refused)
    }

    /// `{phase, error, phases}`.
    public var json: JSONValue {
        var object = JSONObject()
        object.set("phase", phase)
        object.set("error", error)
        object.set("phases", phases)
        return .object(object)
    }
}

/// A limit and how much of it is used.
public struct LimitRecord: WireRecord {
    /// The most there may be.
    public var limit: Int
    /// How much there is.
    public var used: Int

    /// Pairs a limit with its use.
    public init(limit: Int, used: Int) {
        self.limit = limit
        self.used = used
    }

    /// Reads `{limit, used}`.
    public init?(json: JSONObject) {
        guard let limit = json.int("limit") else { return nil }
        self.init(limit: limit, used: json.int("used") ?? 0)
    }

    /// `{limit, used}`.
    public var json: JSONValue { ["limit": .integer(Int64(limit)), "used": .integer(Int64(used))] }
}

/// One item of the migration checklist, with what was seen.
public struct ChecklistRecord: WireRecord {
    /// How an item stands.
    public enum State: String, Hashable, Sendable, CaseIterable {
        case done, open, unknown
    }

    /// A stable name.
    public var id: String
    /// The item in words.
    public var text: String
    /// How it stands.
    public var state: State
    /// What was seen.
    public var evidence: [EvidenceRecord]

    /// Puts an item together.
    public init(id: String, text: String, state: State, evidence: [EvidenceRecord] = []) {
        self.id = id
        self.text = text
        self.state = state
        self.evidence = evidence
    }

    /// Reads `{id, text, state, evidence}`.
    public init?(json: JSONObject) {
        guard let id = json.string("id") else { return nil }
        var refused = 0
        self.init(
            id: id, text: json.string("text") ?? id,
            state: json.string("state").flatMap { State(rawValue: $0) } ?? .unknown,
            evidence: json.records("evidence", refused: &refused))
    }

    /// `{id, text, state, evidence}`.
    public var json: JSONValue {
        var object: JSONObject = ["id": .string(id), "text": .string(text), "state": .string(state.rawValue)]
        object.set("evidence", evidence)
        return .object(object)
    }
}

/// One minute of a backend's past.
public struct HistoryBucket: WireRecord {
    /// The start of the minute.
    public var at: Timestamp
    /// Sessions that were live at its end.
    public var sessions = 0
    /// Events sent.
    public var events = 0
    /// Runs that failed and creations that failed.
    public var errors = 0
    /// 95th percentile of the duration of runs that finished in it, in milliseconds.
    public var runP95Ms: Double?
    /// Events by path.
    public var byPath: [String: Int] = [:]

    /// An empty minute.
    public init(at: Timestamp) { self.at = at }

    /// Reads one element of `history`.
    public init?(json: JSONObject) {
        guard let at = json.time("at") else { return nil }
        self.init(at: at)
        sessions = json.int("sessions") ?? 0
        events = json.int("events") ?? 0
        errors = json.int("errors") ?? 0
        runP95Ms = json.double("runP95Ms")
        for member in json["byPath"]?.object?.members ?? [] {
            byPath[member.name] = member.value.count
        }
    }

    /// One element of `history`.
    public var json: JSONValue {
        var object = JSONObject()
        object.set("at", at)
        object.set("sessions", sessions)
        object.set("events", events)
        object.set("errors", errors)
        object.set("runP95Ms", runP95Ms)
        var paths = JSONObject()
        for (path, count) in byPath.sorted(by: { $0.key < $1.key }) { paths.set(path, count) }
        object["byPath"] = .object(paths)
        return .object(object)
    }
}
