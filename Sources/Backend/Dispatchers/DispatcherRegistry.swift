import ContextMonitor
import PatternDetection
import WireProtocol

/// The dispatchers of every user.
///
/// An actor, because every session's task calls it; the rules are in
/// ``DispatcherTable``, the actor makes the calls take turns and tells the monitor.
actor DispatcherRegistry {
    private var table = DispatcherTable()
    /// What nobody disposes while `leak-dispatcher` is on, really held in memory.
    private var kept: [ToolBench] = []
    nonisolated let monitor: ContextMonitor
    private let now: @Sendable () -> Timestamp

    init(monitor: ContextMonitor, now: @escaping @Sendable () -> Timestamp) {
        self.monitor = monitor
        self.now = now
    }

    /// Keeps a dispatcher whose context has ended.
    func keep(_ bench: ToolBench) { kept.append(bench) }

    /// Ends a dispatcher: it takes no more calls and is gone.
    func dispose(_ id: DispatcherID, reason: String) {
        move(id, to: .draining, reason: reason)
        move(id, to: .disposed, reason: reason)
        kept.removeAll { $0.id == id }
    }

    /// The users' own dispatchers that have not worked since then and have nothing in flight.
    func unused(since moment: Timestamp) -> Set<DispatcherID> {
        Set(
            table.records.values.filter { record in
                record.pattern != .singleton && record.inFlight == 0 && record.state != .halfBuilt
                    && (record.lastUsedAt ?? record.createdAt ?? moment) < moment
            }.map(\.id))
    }

    /// Marks as orphaned what none of the sessions owns, and disposes what was an orphan or half built before.
    func sweep(sessions: Set<Owned<SessionID>>) {
        for record in table.records.values where record.pattern != .singleton {
            switch record.state {
            case .halfBuilt: dispose(record.id, reason: "it is half built")
            case .orphaned: dispose(record.id, reason: "no context refers to it")
            case .active, .executing, .idle:
                guard let session = record.session, !sessions.contains(Owned(session, of: record.user))
                else { continue }
                move(record.id, to: .orphaned, reason: "its session \(session) is gone")
            case .requested, .initializing, .draining, .disposed, .leaked, .evicted, .shared, .unknown:
                continue
            }
        }
    }

    /// Ends every dispatcher, the global one too: the server stops.
    func drain() {
        for id in table.records.keys { dispose(id, reason: "server stops") }
    }

    /// How many dispatchers are alive.
    var count: Int { table.records.count }

    /// The record of one dispatcher, while it lives.
    func record(_ id: DispatcherID) -> DispatcherRecord? { table.records[id] }

    func request(_ record: DispatcherRecord) {
        var record = record
        record.createdAt = now()
        tell(table.request(record))
    }

    /// Enters and activates a dispatcher that outlives every context, at its first use only.
    func activateOnce(_ record: DispatcherRecord) {
        guard table.records[record.id] == nil else { return }
        request(record)
        move(record.id, to: .active, reason: "first use")
    }

    func move(_ id: DispatcherID, to state: DispatcherRecord.State, reason: String) {
        tell(table.move(id, to: state, reason: reason))
    }

    /// Tells operators which tools a dispatcher has.
    func name(_ tools: [String], of id: DispatcherID) { monitor.dispatcherTools(id, tools) }

    func own(_ id: DispatcherID, by user: UserID) { tell(table.own(id, by: user)) }

    /// Makes another session the one that a dispatcher lives as long as.
    func rehome(_ id: DispatcherID, to heir: Owned<SessionID>) {
        tell(table.rehome(id, to: heir))
    }

    /// Notes that a call begins; false when the dispatcher takes none any more.
    func begin(_ id: DispatcherID, tool: String) -> Bool {
        let move = table.begin(id, tool: tool, at: now())
        tell(move)
        return move != nil
    }

    func end(_ id: DispatcherID, tool: String, succeeded: Bool) {
        tell(table.end(id, tool: tool, succeeded: succeeded, at: now()))
    }

    private func tell(_ move: DispatcherTable.Move?) {
        guard let move else { return }
        monitor.dispatcherChanged(move.record, to: move.state, reason: move.reason, ended: move.ended)
    }
}
