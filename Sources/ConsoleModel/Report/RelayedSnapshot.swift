import PatternDetection
public import WireProtocol

extension ConsoleState {
    /// What a monitoring root serves of a source that this console reads; nil for an unknown key.
    ///
    /// A reader derives stuck and looping sessions itself, so they are served in the state that events gave them.
    public func relayedSnapshot(of key: BackendKey) -> BackendSnapshot? {
        guard let backend = backend(key) else { return nil }
        var snapshot = document(backend).snapshot
        // Moves the reader's clock comparison to the moment of the answer.
        snapshot.health.at = now
        snapshot.history = backend.statistics.history
        snapshot.reception = ReceptionRecord()
        snapshot.reception?.counters = backend.reception.counters
        snapshot.reception?.lastRefusal = backend.reception.lastRefusal
        snapshot.reception?.unread = backend.unread
        for index in snapshot.sessions.indices { complete(&snapshot.sessions[index], of: backend) }
        for index in snapshot.runs.indices { complete(&snapshot.runs[index], of: backend) }
        // Open runs first, then the ended ones in the order of their ends, as their reader keeps them.
        snapshot.runs.sort { first, second in
            let never = Timestamp(milliseconds: .min)
            return (first.relayed?.endedAt ?? never) < (second.relayed?.endedAt ?? never)
        }
        return snapshot
    }

    private func complete(_ record: inout SessionRecord, of backend: BackendState) {
        let user = record.user.rawValue.isEmpty ? nil : record.user
        guard let place = backend.sessions.place(record.id, of: user, symbols) else { return }
        let session = backend.sessions.values[place]
        record.state = session.state
        record.since = session.times.since
        record.isQueued = session.isQueued
        record.service = session.service.isNone ? nil : text(session.service)
    }

    private func complete(_ record: inout RunRecord, of backend: BackendState) {
        guard let place = backend.runs.place(record.id, of: record.user, symbols) else { return }
        let run = backend.runs.values[place]
        var relayed = RunRecord.Relayed()
        relayed.startedAt = run.times.startedAt
        relayed.lastEventAt = run.times.lastEventAt
        relayed.endedAt = run.times.endedAt
        relayed.path = run.path.isNone ? nil : text(run.path)
        relayed.eventsSeen = run.ledger.words
        relayed.isSeenFromWithin = run.isSeenFromWithin
        record.relayed = relayed
    }
}
