import WireProtocol

/// How much one user may have at the same time; what goes beyond is refused at once and with words.
public struct UserLimits: Sendable, Equatable {
    /// WebSocket connections: 100.
    public var connections = 100
    /// Sessions and jobs, each with a dispatcher of its own: 1,000.
    public var dispatchers = 1000
    /// Runs under way and waiting, over all sessions and jobs: 50.
    public var runs = 50
    /// Messages that wait for a run of their session to end: 20; 0 refuses what cannot run at once.
    public var queued = 20

    /// The defaults.
    public init() {}

    /// What is counted.
    enum Kind: String, CaseIterable, Sendable {
        case connections, dispatchers, runs
        case queued = "queued messages"
    }

    func limit(of kind: Kind) -> Int {
        switch kind {
        case .connections: connections
        case .dispatchers: dispatchers
        case .runs: runs
        case .queued: queued
        }
    }
}

/// What every user has now, against the limits.
///
/// Pure counting: whoever takes something gives it back exactly once.
struct UserUsage {
    let limits: UserLimits
    private var used: [UserLimits.Kind: [UserID: Int]] = [:]

    init(limits: UserLimits) { self.limits = limits }

    /// How many a user has.
    func count(_ kind: UserLimits.Kind, of user: UserID) -> Int { used[kind]?[user] ?? 0 }

    /// What the user with most of it has; looks at every user.
    func highest(_ kind: UserLimits.Kind) -> Int { used[kind]?.values.max() ?? 0 }

    /// Counts one more.
    ///
    /// - Throws: ``SessionError/userLimit(_:limit:)`` when the user has as many as allowed.
    mutating func take(_ kind: UserLimits.Kind, by user: UserID) throws(SessionError) {
        let limit = limits.limit(of: kind)
        guard count(kind, of: user) < limit else { throw .userLimit(kind, limit: limit) }
        used[kind, default: [:]][user, default: 0] += 1
    }

    /// Counts one less; a user who has none left is forgotten.
    mutating func giveBack(_ kind: UserLimits.Kind, by user: UserID) {
        let left = count(kind, of: user) - 1
        used[kind]?[user] = left > 0 ? left : nil
    }
}
