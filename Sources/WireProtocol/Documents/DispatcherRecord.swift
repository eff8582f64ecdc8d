import PatternDetection

/// One tool dispatcher in a snapshot.
public struct DispatcherRecord: WireRecord {
    /// Where a dispatcher is in its lifecycle, failures included (DESIGN.md §1).
    public enum State: String, Hashable, Sendable, CaseIterable {
        case requested, initializing, active, executing, idle, draining, disposed
        case halfBuilt, orphaned, leaked, evicted, shared
        case unknown
    }

    /// Which dispatcher.
    public var id: DispatcherID
    /// Whose; absent on a singleton, which is everybody's.
    public var user: UserID?
    /// The session or job it lives as long as; absent on a singleton.
    public var session: SessionID?
    /// Where in its lifecycle.
    public var state = State.unknown
    /// The pattern that made it.
    public var pattern = Verdict.unknown
    /// When it was asked for.
    public var createdAt: Timestamp?
    /// When it last executed a tool.
    public var lastUsedAt: Timestamp?
    /// Tool calls that succeeded.
    public var executed = 0
    /// Tool calls that failed.
    public var failed = 0
    /// Tool calls under way.
    public var inFlight = 0
    /// Every user it has served, by name.
    public var owners: [UserID] = []

    /// A dispatcher of which only the identity is known.
    public init(id: DispatcherID) { self.id = id }

    /// Reads one element of `dispatchers`.
    public init?(json: JSONObject) {
        guard let id: DispatcherID = json.id("id") else { return nil }
        self.init(id: id)
        user = json.id("user")
        session = json.id("session")
        state = json.string("state").flatMap { State(rawValue: $0) } ?? .unknown
        pattern = json.string("pattern").flatMap { Verdict($0) } ?? .unknown
        createdAt = json.time("createdAt")
        lastUsedAt = json.time("lastUsedAt")
        executed = json.int("executed") ?? 0
        failed = json.int("failed") ?? 0
        inFlight = json.int("inFlight") ?? 0
        owners = json.strings("owners").map { UserID(rawValue: $0) }
    }

    /// One element of `dispatchers`.
    public var json: JSONValue {
        var object: JSONObject = ["id": .string(id.rawValue)]
        object.set("user", user)
        object.set("session", session)
        object.set("state", state.rawValue)
        object.set("pattern", pattern.description)
        object.set("createdAt", createdAt)
        object.set("lastUsedAt", lastUsedAt)
        object.set("executed", executed)
        object.set("failed", failed)
        object.set("inFlight", inFlight)
        object.set("owners", owners.map(\.rawValue))
        return .object(object)
    }
}
