import PatternDetection

/// One session in a snapshot.
public struct SessionRecord: WireRecord {
    /// What a session is doing; backends send the first five, only a console derives the others.
    public enum State: String, Hashable, Sendable, CaseIterable {
        case running, waiting, idle, error, ended, stuck, looping, unknown
    }

    /// Which session.
    public var id: SessionID
    /// Whose.
    public var user: UserID
    /// Which path it came in by.
    public var path: ConsumerPath?
    /// What it is doing.
    public var state = State.unknown
    /// Whether a waiting session waits for a worker that takes its run, and not for a person.
    public var isQueued = false
    /// Since when.
    public var since: Timestamp?
    /// When its last event was sent.
    public var lastEventAt: Timestamp?
    /// How many runs it has had.
    public var runs = 0
    /// Which operator words its last run has produced.
    public var eventsSeen: [OperatorWord] = []
    /// The dispatcher that serves it.
    public var dispatcher: DispatcherID?
    /// Its user context.
    public var context: ContextID?
    /// The service that it belongs to, of OpenTelemetry's `service.name`; only a relay sends it.
    public var service: String?

    /// A session of which only the identity is known.
    public init(id: SessionID, user: UserID) {
        self.id = id
        self.user = user
    }

    /// Reads one element of `sessions`.
    public init?(json: JSONObject) {
        guard let id: SessionID = json.id("id") else { return nil }
        self.init(id: id, user: json.id("user") ?? "")
        path = json.string("path").map { ConsumerPath(rawValue: $0) }
        state = json.string("state").flatMap { State(rawValue: $0) } ?? .unknown
        isQueued = json.bool("queued") ?? false
        since = json.time("since")
        lastEventAt = json.time("lastEventAt")
        runs = json.int("runs") ?? 0
        eventsSeen = json.strings("eventsSeen").compactMap { OperatorWord(rawValue: $0) }
        dispatcher = json.id("dispatcher")
        context = json.id("context")
        service = json.string("service")
    }

    /// One element of `sessions`.
    public var json: JSONValue {
        var object: JSONObject = ["id": .string(id.rawValue), "user": .string(user.rawValue)]
        object.set("path", path?.rawValue)
        object.set("state", state.rawValue)
        if isQueued { object["queued"] = true }
        object.set("since", since)
        object.set("lastEventAt", lastEventAt)
        object.set("runs", runs)
        object.set("eventsSeen", eventsSeen.map(\.rawValue))
        object.set("dispatcher", dispatcher)
        object.set("context", context)
        object.set("service", service)
        return .object(object)
    }
}
