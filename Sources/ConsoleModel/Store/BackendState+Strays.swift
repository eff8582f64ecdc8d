import PatternDetection
import WireProtocol

/// Rule 3 of the crossing rule: sequence numbers that are missing in one user's run and came in another one's name.
extension BackendState {
    /// What the first event of a run without a start may be: the next one of another user's run of that id.
    func stray(_ event: EventRecord, number: Int) -> StrayEvents? {
        guard event.type != .runStarted, !event.user.isNone, let sequence = event.sequence else { return nil }
        let owners = runs.places(event.run).filter { place in
            let run = runs.values[place]
            return run.state == .open && !run.user.isNone && run.user != event.user
                && run.grammar.nextSequence == sequence
        }
        guard owners.count == 1 else { return nil }
        return StrayEvents(first: sequence, last: sequence, at: event.timestamp, event: number)
    }

    /// Compares an event with what may have strayed from its run; returns where the run is afterwards.
    ///
    /// - Parameter place: where the event's run is, one whose id several users have.
    mutating func judgeStrays(by event: EventRecord, at place: Int, _ symbols: SymbolTable) -> Int {
        guard event.user == runs.values[place].user else { return place }
        if let stray = runs.values[place].stray {
            let isNext = event.sequence == stray.last &+ 1
            if isNext {
                runs[place: place].stray?.last = stray.last &+ 1
            } else {
                runs[place: place].stray = nil
            }
            return place
        }
        guard let expected = runs.values[place].grammar.nextSequence else { return place }
        let key = runs.keys[place]
        for other in runs.places(event.run).map({ runs.keys[$0] }) where other != key {
            guard let guest = runs.place(other), let stray = runs.values[guest].stray,
                stray.first == expected, runs.values[guest].state == .open
            else { continue }
            if event.sequence == stray.last &+ 1 {
                claim(stray, of: other, for: key, symbols)
            } else {
                // Its own run has that number too, or neither has it: they are two runs.
                runs[place: guest].stray = nil
            }
        }
        return runs.place(key) ?? place
    }

    /// Gives strayed events back to the run that they belong to: what looked like a run of their user is not one.
    private mutating func claim(
        _ stray: StrayEvents, of guest: OwnedSymbol, for owner: OwnedSymbol, _ symbols: SymbolTable
    ) {
        guard let own = runs.place(owner), let other = runs[guest] else { return }
        runs[place: own].grammar.skip(to: stray.last &+ 1)
        runs[place: own].grammar.note(.otherUser)
        runs[place: own].events = runs.values[own].events.adding(stray.count)
        statistics.crossings = statistics.crossings.adding(stray.count)
        memory.note(
            Crossing(
                kind: .event, owner: symbols[runs.values[own].user], other: symbols[other.user],
                subject: symbols[owner.id], at: stray.at, event: stray.event))
        if let session = sessions.place(other.session), sessions.values[session].lastRun == guest {
            sessions[place: session].lastRun = .none
            sessions[place: session].runCount = max(0, sessions.values[session].runCount - 1)
            if sessions.values[session].state == .running { sessions[place: session].state = .unknown }
        }
        runs.remove(guest)
    }
}
