import ContextMonitor
import WireProtocol

/// The dispatchers of every user.
///
/// An actor, because every session's task calls it; the rules are in
/// ``DispatcherTable``, the actor makes the calls take turns and tells the monitor.
actor DispatcherRegistry {
    private var table = DispatcherTable()
    /// What nobody disposes while `leak-dispatcher` is on, really held in memory.
    private var kept: [ToolDispatcher] = []
    private let monitor: ContextMonitor
    private let now: @Sendable () -> Timestamp

    init(monitor: ContextMonitor, now: @escaping @Sendable () -> Timestamp) {
        self.monitor = monitor
        self.now = now
    }

    /// Keeps a dispatcher whose context has ended.
    func keep(_ dispatcher: ToolDispatcher) { kept.append(dispatcher) }

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

    func own(_ id: DispatcherID, by user: UserID) { tell(table.own(id, by: user)) }

    /// Makes another session the one that a dispatcher lives as long as.
    func rehome(_ id: DispatcherID, to session: SessionID) { tell(table.rehome(id, to: session)) }

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
        monitor.dispatcherChanged(move.record, to: move.state, reason: move.reason)
    }
}
