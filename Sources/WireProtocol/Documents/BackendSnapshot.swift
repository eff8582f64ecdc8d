/// What `GET /monitor/v1/snapshot` answers: one backend, whole, at one moment.
///
/// Also the bulk of one element of `backends` in ``SnapshotDocument``.
public struct BackendSnapshot: WireRecord {
    /// The backend's name.
    public var name = ""
    /// Its version, as it says it.
    public var version: String?
    /// Which replica.
    public var instance: String?
    /// Which start of that replica; another one means a restart.
    public var bootID: String?
    /// When it started.
    public var startedAt: Timestamp?
    /// How start-up went.
    public var startup = StartupRecord()
    /// Its health, as it sees it.
    public var health = HealthRecord()
    /// Every consumer path it declares.
    public var paths: [PathRecord] = []
    /// All live sessions and the last 1,000 ended.
    public var sessions: [SessionRecord] = []
    /// All live dispatchers and the last 1,000 disposed.
    public var dispatchers: [DispatcherRecord] = []
    /// Open runs and the last 1,000 finished.
    public var runs: [RunRecord] = []
    /// The live user contexts.
    public var contexts: [ContextRecord] = []
    /// Limits by name.
    public var limits: [String: LimitRecord] = [:]
    /// The migration checklist.
    public var checklist: [ChecklistRecord] = []
    /// Ended sessions that are left out.
    public var sessionsOmitted = 0
    /// Disposed dispatchers that are left out.
    public var dispatchersOmitted = 0
    /// Finished runs that are left out.
    public var runsOmitted = 0
    /// The id of the last event that this snapshot contains; join the stream after it.
    public var lastEventID: String?
    /// Per-minute buckets of the last 60 minutes, oldest first.
    public var history: [HistoryBucket] = []
    /// What a relayed source sent that could not be used; nil where nothing is relayed.
    public var reception: ReceptionRecord?
    /// Rows that could not be read; counted as decode errors.
    public var refusedRows = 0

    /// A snapshot of which only the name is known.
    public init(name: String = "") { self.name = name }

    /// Reads the body; nil when it is plainly something else (no `paths` and no `sessions`).
    public init?(json: JSONObject) {
        guard json["paths"]?.array != nil || json["sessions"]?.array != nil else { return nil }
        name = json.string("name") ?? ""
        version = json.string("version")
        instance = json.string("instance")
        bootID = json.string("bootId")
        startedAt = json.time("startedAt")
        startup = json["startup"]?.object.flatMap { StartupRecord(json: $0) } ?? StartupRecord()
        health = json["health"]?.object.flatMap { HealthRecord(json: $0) } ?? HealthRecord()
        // Arrays are always there, empty or not: what is missing was not read.
        var refused = ["paths", "sessions", "dispatchers", "runs"].count { json[$0] == nil }
        paths = json.records("paths", refused: &refused)
        sessions = json.records("sessions", refused: &refused)
        dispatchers = json.records("dispatchers", refused: &refused)
        runs = json.records("runs", refused: &refused)
        contexts = json.records("contexts", refused: &refused)
        for member in json["limits"]?.object?.members ?? [] {
            limits[member.name] = member.value.object.flatMap { LimitRecord(json: $0) }
        }
        checklist = json.records("checklist", refused: &refused)
        sessionsOmitted = json.int("sessionsOmitted") ?? 0
        dispatchersOmitted = json.int("dispatchersOmitted") ?? 0
        runsOmitted = json.int("runsOmitted") ?? 0
        lastEventID = json.string("lastEventId")
        history = json.records("history", refused: &refused)
        reception = json["reception"]?.object.map { ReceptionRecord(json: $0) }
        refusedRows = refused
    }

    /// The route's body: everything, with `lastEventId` and `history`.
    public var json: JSONValue {
        var object: JSONObject = ["name": .string(name)]
        object.set("version", version)
        object.set("instance", instance)
        object.set("bootId", bootID)
        object.set("startedAt", startedAt)
        appendParts(to: &object)
        object.set("lastEventId", lastEventID)
        object.set("history", history)
        object["reception"] = reception?.json
        return .object(object)
    }

    /// Adds the members that the route and the console's document share, in WIRE.md's order.
    func appendParts(to object: inout JSONObject) {
        object["startup"] = startup.json
        object["health"] = health.json
        object.set("paths", paths)
        object.set("sessions", sessions)
        object.set("dispatchers", dispatchers)
        object.set("runs", runs)
        object.set("contexts", contexts)
        var limitObject = JSONObject()
        for (name, limit) in limits.sorted(by: { $0.key < $1.key }) { limitObject[name] = limit.json }
        object["limits"] = .object(limitObject)
        object.set("checklist", checklist)
        object.set("sessionsOmitted", sessionsOmitted)
        object.set("dispatchersOmitted", dispatchersOmitted)
        object.set("runsOmitted", runsOmitted)
    }
}
