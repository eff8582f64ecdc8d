import PatternDetection
import WireProtocol

/// One conversation of one user over one path, with the dispatcher that serves it.
struct Session: Sendable {
    let id: SessionID
    let user: UserID
    let path: ConsumerPath
    let context: ContextRecord
    let log: SessionEventLog
    var dispatcher: ToolDispatcher?
    var lastUsedAt: Timestamp
    /// The runs under way, by id, so that they can be cancelled.
    var runs: [RunID: Task<RunEnd, Never>] = [:]
}

/// How a run ended.
enum RunEnd: Sendable, Equatable {
    case completed, cancelled
    case failed(String)
}

/// Why a session or run could not be had.
enum SessionError: Error, Equatable {
    /// No dispatcher could be created; the words are the creation's.
    case creation(String)
    /// There is no such session or run of this user.
    case notFound
    /// The server finishes what it has and takes no new work.
    case draining
    /// The session has as many runs under way as it may.
    case tooManyRuns(limit: Int)
}
