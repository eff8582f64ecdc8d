import PatternDetection

/// One user context in a snapshot: the ids of one user's isolated unit of work.
public struct ContextRecord: WireRecord {
    /// Which context.
    public var id: ContextID
    /// Whose.
    public var user: UserID?
    /// For which session.
    public var session: SessionID?
    /// The run it is working on, or worked on last.
    public var run: RunID?
    /// The request that opened it.
    public var request: String?
    /// The connection it belongs to.
    public var connection: String?
    /// Which path it came in by.
    public var path: ConsumerPath?
    /// The dispatcher that serves it.
    public var dispatcher: DispatcherID?
    /// When it was made.
    public var createdAt: Timestamp?
    /// When it must be gone.
    public var deadline: Timestamp?

    /// A context of which only the identity is known.
    public init(id: ContextID) { self.id = id }

    /// Reads one element of `contexts`.
    public init?(json: JSONObject) {
        guard let id: ContextID = json.id("id") else { return nil }
        self.init(id: id)
        user = json.id("user")
        session = json.id("session")
        run = json.id("run")
        request = json.string("request")
        connection = json.string("connection")
        path = json.string("path").map { ConsumerPath(rawValue: $0) }
        dispatcher = json.id("dispatcher")
        createdAt = json.time("createdAt")
        deadline = json.time("deadline")
    }

    /// One element of `contexts`.
    public var json: JSONValue {
        var object: JSONObject = ["id": .string(id.rawValue)]
        object.set("user", user)
        object.set("session", session)
        object.set("run", run)
        object.set("request", request)
        object.set("connection", connection)
        object.set("path", path?.rawValue)
        object.set("dispatcher", dispatcher)
        object.set("createdAt", createdAt)
        object.set("deadline", deadline)
        return .object(object)
    }
}
