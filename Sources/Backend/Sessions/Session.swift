import PatternDetection
import WireProtocol

/// One conversation of one user over one path, with the dispatcher that serves it.
struct Session: Sendable {
    let id: SessionID
    let user: UserID
    let path: ConsumerPath
    var context: ContextRecord
    let log: SessionEventLog
    var dispatcher: ToolDispatcher?
    var lastUsedAt: Timestamp
    /// The session that it works for in the background, and ends with; nil for most.
    var parent: SessionID?
    /// The runs under way and waiting, by id, so that they can be cancelled.
    var runs: [RunID: Task<RunEnd, Never>] = [:]
    /// Those of ``runs`` that wait for another one to end, in the order in which they came.
    var waiting: [QueuedRun] = []
    /// The question that its last run ended with, until a run is started.
    var interrupt: AgentInterrupt?
    /// The last runs that have ended.
    var endedRuns = EndedRuns()
    /// The WebSocket connection that holds it; nil on other paths and while that connection is lost.
    var connection: String?
    /// Whether its path was migrated while it worked: it gives its dispatcher up when its runs have ended.
    var isOutdated = false
    /// Ends the session when nobody has come back for it.
    var grace: Task<Void, any Error>?

    /// Its id and its user.
    var key: Owned<SessionID> { Owned(id, of: user) }
    /// The key of the session that it works for, of the same user.
    var parentKey: Owned<SessionID>? { parent.map { Owned($0, of: user) } }

    /// Whether a run waits for another one to end.
    func isQueued(_ run: RunID) -> Bool { waiting.contains { $0.run == run } }
}

/// A run that waits until its session has fewer runs under way.
struct QueuedRun: Sendable {
    let run: RunID
    /// Finished when the run may begin.
    let turn: AsyncStream<Void>.Continuation
}

/// How a run ended.
enum RunEnd: Sendable, Equatable {
    case completed, cancelled
    /// It is over and no event said so.
    case lost
    case failed(String)
    /// It ended with a question; the run that answers it goes on.
    case interrupted(AgentInterrupt)

    /// The word for it in documents.
    var state: String {
        switch self {
        case .completed, .interrupted: "completed"
        case .cancelled: "cancelled"
        case .failed: "failed"
        case .lost: "lost"
        }
    }

    /// Why it failed, if it did.
    var error: String? { if case .failed(let words) = self { words } else { nil } }

    /// What it asked, if it ended with a question.
    var interrupt: AgentInterrupt? { if case .interrupted(let interrupt) = self { interrupt } else { nil } }
}

/// Why a session or run could not be had.
enum SessionError: Error, Equatable {
    /// No dispatcher could be created; the words are the creation's.
    case creation(String)
    /// There is no such session or run of this user.
    case notFound
    /// The user's session of that id belongs to another path.
    case otherPath(ConsumerPath)
    /// The server finishes what it has and takes no new work.
    case draining
    /// The user has as many of these as one user may.
    case userLimit(UserLimits.Kind, limit: Int)
    /// The run's id is that of a run under way.
    case runExists
    /// The run answers a question that the session's last run did not end with.
    case noInterrupt
}
