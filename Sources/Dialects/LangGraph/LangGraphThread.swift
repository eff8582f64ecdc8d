import WireProtocol

/// One thread of a LangGraph Server, with the runs that were read of it.
struct LangGraphThread {
    /// `thread_id`.
    let id: String
    private let user: String?
    private let status: String
    private let updatedAt: Timestamp?
    private let stateUpdatedAt: Timestamp?
    private(set) var runs: [RunRecord] = []
    /// The `updated_at` that the runs were read at.
    private var runsReadAt: Timestamp?

    /// Reads a row of `POST /threads/search`; nil when it has no id.
    init?(json: JSONValue) {
        guard let row = json.object, let id = row.string("thread_id"), !id.isEmpty else { return nil }
        self.id = id
        user = Self.user(json)
        status = row.string("status") ?? ""
        updatedAt = row.time("updated_at")
        stateUpdatedAt = row.time("state_updated_at")
    }

    /// The user that a thread or run names; nil when none does.
    private static func user(_ json: JSONValue) -> String? {
        let places = [json["metadata"], json["config"]?["configurable"]]
        for name in ["user_id", "langgraph_auth_user_id", "owner"] {
            for place in places {
                if let user = place?[name]?.string, !user.isEmpty { return user }
            }
        }
        return nil
    }

    /// `/threads/{id}`; nil when the id could lead elsewhere.
    var path: String? {
        let isPlain = id.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte)
        }
        return isPlain ? "/threads/" + id : nil
    }

    /// Whether its runs may have changed since they were read.
    var wantsRuns: Bool {
        status == "busy" || runs.contains { $0.state == .open } || runsReadAt != updatedAt
            || runsReadAt == nil
    }

    /// Takes over what was read of the same thread before.
    mutating func keepRuns(of known: LangGraphThread) {
        runs = known.runs
        runsReadAt = known.runsReadAt
    }

    /// Reads the rows of `GET /threads/{id}/runs`.
    mutating func take(runs rows: [JSONValue]) {
        runs = rows.compactMap { row in
            guard let id = row["run_id"]?.string else { return nil }
            var run = RunRecord(id: RunID(rawValue: id))
            run.session = SessionID(rawValue: self.id)
            run.user = (Self.user(row) ?? user).map { UserID(rawValue: $0) }
            run.agent = row["metadata"]?["graph_id"]?.string ?? row["assistant_id"]?.string
            run.state = Self.state(ofRun: row["status"]?.string)
            return run
        }
        runsReadAt = updatedAt
    }

    /// Run states: pending, running, success, error, timeout, interrupted.
    private static func state(ofRun status: String?) -> RunRecord.State {
        switch status {
        case "pending", "running": .open
        case "success": .completed
        case "error", "timeout": .failed
        case "interrupted", "cancelled": .cancelled
        default: .unknown
        }
    }

    /// The thread as a session: idle, busy, interrupted (waits for a person) or error.
    var session: SessionRecord {
        var session = SessionRecord(id: SessionID(rawValue: id), user: UserID(rawValue: user ?? ""))
        session.state =
            switch status {
            case "idle": .idle
            case "busy": .running
            case "interrupted": .waiting
            case "error": .error
            default: .unknown
            }
        session.since = stateUpdatedAt
        session.lastEventAt = updatedAt
        session.runs = runs.count
        return session
    }

    /// What an event of this thread says about whom it is.
    func metadata(run: String?) -> EventMetadata {
        var metadata = EventMetadata()
        metadata.session = SessionID(rawValue: id)
        metadata.user = user.map { UserID(rawValue: $0) }
        metadata.run = run.map { RunID(rawValue: $0) }
        metadata.agent = runs.first { $0.id.rawValue == run }?.agent
        return metadata
    }
}
