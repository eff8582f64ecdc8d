public import PatternDetection

/// One run in a snapshot.
public struct RunRecord: WireRecord {
    /// How a run stands.
    public enum State: String, Hashable, Sendable, CaseIterable {
        case open, completed, failed, cancelled, lost, unknown
    }

    /// What its events say about the run grammar.
    public enum Grammar: String, Hashable, Sendable, CaseIterable {
        case ok, open, violated
    }

    /// Which run.
    public var id: RunID
    /// Of which session.
    public var session: SessionID?
    /// Whose.
    public var user: UserID?
    /// The agent's name.
    public var agent: String?
    /// How it stands.
    public var state = State.unknown
    /// How many events it has sent.
    public var events = 0
    /// What its events say about the grammar.
    public var grammar = Grammar.open
    /// In which ways they break it.
    public var violations: [String] = []

    /// What only a relay sends of a run, because its reader has it from nowhere else.
    public var relayed: Relayed?

    /// The parts of a run that the events of a relayed source have shown.
    public struct Relayed: Hashable, Sendable {
        /// When it started, where that was seen.
        public var startedAt: Timestamp?
        /// When its last event was sent.
        public var lastEventAt: Timestamp?
        /// When it ended.
        public var endedAt: Timestamp?
        /// Which path it came in by.
        public var path: String?
        /// Which operator words it has produced.
        public var eventsSeen: [OperatorWord] = []
        /// Whether its steps come each when it ends, so that their order proves nothing.
        public var isSeenFromWithin = false

        /// Parts of which nothing is known.
        public init() {}
    }

    /// A run of which only the identity is known.
    public init(id: RunID) { self.id = id }

    /// Reads one element of `runs`.
    public init?(json: JSONObject) {
        guard let id: RunID = json.id("id") else { return nil }
        self.init(id: id)
        session = json.id("session")
        user = json.id("user")
        agent = json.string("agent")
        state = json.string("state").flatMap { State(rawValue: $0) } ?? .unknown
        events = json.int("events") ?? 0
        grammar = json.string("grammar").flatMap { Grammar(rawValue: $0) } ?? .open
        violations = json.strings("violations")
        relayed = json["relayed"]?.object.map { Relayed(json: $0) }
    }

    /// One element of `runs`.
    public var json: JSONValue {
        var object: JSONObject = ["id": .string(id.rawValue)]
        object.set("session", session)
        object.set("user", user)
        object.set("agent", agent)
        object.set("state", state.rawValue)
        object.set("events", events)
        object.set("grammar", grammar.rawValue)
        object.set("violations", violations)
        object["relayed"] = relayed?.json
        return .object(object)
    }
}

extension RunRecord.Relayed: WireRecord {
    /// Reads `{startedAt, lastEventAt, endedAt, path, eventsSeen, seenFromWithin}`; every member may be absent.
    public init(json: JSONObject) {
        startedAt = json.time("startedAt")
        lastEventAt = json.time("lastEventAt")
        endedAt = json.time("endedAt")
        path = json.string("path")
        eventsSeen = json.strings("eventsSeen").compactMap { OperatorWord(rawValue: $0) }
        isSeenFromWithin = json.bool("seenFromWithin") ?? false
    }

    /// `{startedAt?, lastEventAt?, endedAt?, path?, eventsSeen, seenFromWithin?}`.
    public var json: JSONValue {
        var object = JSONObject()
        object.set("startedAt", startedAt)
        object.set("lastEventAt", lastEventAt)
        object.set("endedAt", endedAt)
        object.set("path", path)
        object.set("eventsSeen", eventsSeen.map(\.rawValue))
        if isSeenFromWithin { object["seenFromWithin"] = true }
        return .object(object)
    }
}
