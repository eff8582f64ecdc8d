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
        return .object(object)
    }
}
