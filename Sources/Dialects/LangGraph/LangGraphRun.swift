import WireProtocol

/// One run of a thread, as the list and the stream know it together.
struct LangGraphRun {
    /// How far its life was told as events.
    enum Progress: Comparable {
        case untold, started, ended
    }

    /// `run_id`.
    let id: String
    /// `pending`, `running`, `success`, `error`, `timeout` or `interrupted`.
    var status: String
    /// When it was created by the server's clock.
    var createdAt: Timestamp?
    /// When its row changed last.
    var updatedAt: Timestamp?
    /// What happens to the run that is open when it comes: `enqueue`, `interrupt`, `rollback` or `reject`.
    var strategy: String?
    /// The graph's name.
    var agent: String?
    /// `langgraph_auth_user_id`.
    var user: String?
    /// Whether its stream can be replayed; nil where the row does not say.
    var isResumable: Bool?
    var progress = Progress.untold
    /// When the stream reported its end by the server's clock; its status is asked for then.
    var doneAt: Timestamp?
    /// Whether its stream asked a person for something.
    var asksPerson = false
    /// What its stream said went wrong.
    var complaint: String?
    /// Whether it was seen waiting for a worker.
    var wasQueued = false
    /// When a list first said that it runs, while its stream had yet to say so.
    var listedAt: Timestamp?
    /// When a row first said that it is over, while its stream had yet to say so.
    var endListedAt: Timestamp?

    /// A run that the stream named first.
    init(id: String, status: String) {
        self.id = id
        self.status = status
    }

    /// Reads a row of `GET /threads/{id}/runs`; nil when it has no id.
    init?(json: JSONValue, at moment: Timestamp) {
        guard let id = json["run_id"]?.string, !id.isEmpty else { return nil }
        self.init(id: id, status: json["status"]?.string ?? "")
        createdAt = PlausibleTime.timestamp(json["created_at"], now: moment)
        updatedAt = PlausibleTime.timestamp(json["updated_at"], now: moment)
        strategy = json["multitask_strategy"]?.string
        agent = json["metadata"]?["graph_id"]?.string ?? json["assistant_id"]?.string
        user = LangGraphRow.user(json["metadata"]) ?? Self.authenticated(json)
        isResumable = json["kwargs"]?["resumable"]?.bool
        wasQueued = status == "pending"
    }

    private static func authenticated(_ json: JSONValue) -> String? {
        let configurable = json["kwargs"]?["config"]?["configurable"] ?? json["config"]?["configurable"]
        return LangGraphRow.user(configurable)
    }

    /// Takes over what is known of the same run and not in its row.
    mutating func keep(_ known: LangGraphRun) {
        createdAt = createdAt ?? known.createdAt
        updatedAt = updatedAt ?? known.updatedAt
        agent = agent ?? known.agent
        user = user ?? known.user
        isResumable = isResumable ?? known.isResumable
        (progress, doneAt, complaint) = (known.progress, known.doneAt, known.complaint)
        (asksPerson, listedAt, endListedAt) = (known.asksPerson, known.listedAt, known.endListedAt)
        wasQueued = wasQueued || known.wasQueued
    }

    /// Whether it waits for a worker, or for the run before it.
    var isQueued: Bool { status == "pending" && progress == .untold }

    /// Whether its server has yet to finish it, or its end is not told yet.
    var isOpen: Bool {
        progress == .started || progress != .ended && ["pending", "running"].contains(status)
    }

    /// Whether it is being worked on.
    var isRunning: Bool { isOpen && !isQueued }

    /// The run as a record.
    func record(session: String, user: String?) -> RunRecord {
        var record = RunRecord(id: RunID(rawValue: id))
        record.session = SessionID(rawValue: session)
        record.user = user.map { UserID(rawValue: $0) }
        record.agent = agent
        record.state =
            switch status {
            case _ where isOpen: .open
            case "success": .completed
            case "error", "timeout": .failed
            case "pending", "running", "interrupted", "cancelled", "rollback": .cancelled
            default: .unknown
            }
        return record
    }
}
