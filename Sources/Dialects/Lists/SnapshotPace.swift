import WireProtocol

/// Sends what a polled server's lists show: one snapshot a second while many answers come, and its coverage where
/// that changed.
struct SnapshotPace {
    /// How often a snapshot is sent while sessions are still to be read.
    private static let interval = Duration.seconds(1)

    private var sentAt: Timestamp?
    private var sent: Coverage?

    /// What the lists of a server show.
    struct Lists {
        /// The sessions that are known, each with its runs.
        var sessions: [(record: SessionRecord, runs: [RunRecord])]
        /// How many of them were not looked into yet.
        var unread: Int
        /// How many are looked into in one round: what the next round reads is not missing, only late.
        var roundSize: Int
        /// How much of the list of sessions was read; nil for all of it.
        var listed: Coverage.Listed?
        /// Rows of runs that could not be read.
        var refusedRuns = 0
    }

    /// The messages that are due.
    ///
    /// - Parameters:
    ///   - snapshot: the server, without its sessions and runs.
    ///   - isDue: whether a whole list was read, so that its snapshot is not put off.
    mutating func messages(
        of lists: Lists, in snapshot: BackendSnapshot, _ dialect: String, _ coverage: Coverage,
        isDue: Bool, at moment: Timestamp
    ) -> [Message] {
        let isSoon = sentAt.map { moment.since($0) < Self.interval } ?? false
        if isSoon, lists.unread > 0, !isDue { return [] }
        sentAt = moment
        var snapshot = snapshot
        for session in lists.sessions.sorted(by: { $0.record.id < $1.record.id }) {
            snapshot.sessions.append(session.record)
            snapshot.runs += session.runs
        }
        var coverage = coverage
        coverage.listed[.sessions] = lists.listed
        if lists.unread > lists.roundSize {
            coverage.listed[.runs] = .init(
                read: lists.sessions.count - lists.unread, total: lists.sessions.count, missesUrgent: true)
        } else if lists.refusedRuns > 0 {
            coverage.listed[.runs] = .init(
                read: snapshot.runs.count, total: snapshot.runs.count + lists.refusedRuns, missesUrgent: true)
        }
        guard coverage != sent else { return [.snapshot(snapshot)] }
        sent = coverage
        return [.dialect(name: dialect, coverage: coverage), .snapshot(snapshot)]
    }
}
