import PatternDetection
import WireProtocol

extension BackendState {
    /// Takes what a relay could not use of its source; counts of the same relay only grow.
    mutating func take(_ relayed: ReceptionRecord) {
        let (ours, theirs) = (reception.counters, relayed.counters)
        reception.counters.eventsReceived = max(ours.eventsReceived, theirs.eventsReceived)
        reception.counters.eventsDropped = max(ours.eventsDropped, theirs.eventsDropped)
        reception.counters.decodeErrors = max(ours.decodeErrors, theirs.decodeErrors)
        reception.lastRefusal = reception.lastRefusal ?? relayed.lastRefusal
        let listed = Set(relayed.unread.map(\.address))
        for outcome in reception.relayedUnread.values where !listed.contains(outcome.address) {
            take(ReadOutcome(outcome.part, outcome.address, failure: nil))
        }
        reception.relayedUnread = [:]
        for outcome in relayed.unread where outcome.failure != nil {
            reception.relayedUnread[outcome.address] = outcome
            take(outcome)
        }
    }

    /// A path of a relayed source, which events have named and no list has declared.
    mutating func meet(_ record: PathRecord, symbols: inout SymbolTable, at moment: Timestamp) {
        let symbol = symbols.intern(record.path.rawValue)
        guard paths.place(symbol) == nil else { return }
        var path = PathState(record)
        path.firstSeenAt = moment
        add(path, for: symbol)
    }
}

extension RunState {
    /// Takes what the events of a relayed source have shown of the run.
    mutating func take(_ relayed: RunRecord.Relayed, symbols: inout SymbolTable) {
        times.startedAt = times.startedAt ?? relayed.startedAt
        times.lastEventAt = relayed.lastEventAt.map { max($0, times.lastEventAt ?? $0) } ?? times.lastEventAt
        if isClosed || state == .lost { times.endedAt = relayed.endedAt ?? times.endedAt }
        if path.isNone { path = relayed.path.map { symbols.intern($0) } ?? .none }
        if !relayed.eventsSeen.isEmpty {
            ledger.isObservable = true
            for word in relayed.eventsSeen { ledger.insert(word) }
        }
        isSeenFromWithin = isSeenFromWithin || relayed.isSeenFromWithin
    }
}
