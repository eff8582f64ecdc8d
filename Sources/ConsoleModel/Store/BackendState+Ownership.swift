import PatternDetection
import WireProtocol

/// The owner of an event: an id is unique among the ids of one user only, so an equal id proves nothing.
///
/// **The crossing rule**, the same that a monitor applies. An event names a user B, a run R and mostly a
/// dispatcher D and a session S. It belongs to the open run R of another user A, and was delivered to B,
/// when one of these is true:
/// 1. A's run was started on D. D is known, is not a singleton and has never served B.
/// 2. B has no run R, and the event does not start one. A is the only user whose run R was started on D,
///    or belongs to a session S where B has no session S. A console that may have missed the start of B's run R,
///    because it joined midway or lost events, does not apply this.
/// 3. B's run R has shown nothing but events that continue A's sequence numbers, and A's run continues after them.
///    The event that proves it is A's; a monitor, which numbers events as it gets them, cannot apply this.
/// Outside of runs, an event in B's name belongs to A's session S when B has none, and when A's session is
/// served by D, under the conditions of 1. Every other event is B's own. An event without a user never crosses.
extension BackendState {
    /// Where the run is that an event belongs to, by the crossing rule; nil for the first event of a run.
    func runPlace(of event: EventRecord, _ symbols: SymbolTable) -> Int? {
        guard !event.run.isNone else { return nil }
        let own = runs.place(event.run, of: event.user)
        if event.user.isNone { return sessionRun(event, symbols) ?? own }
        if let own {
            let isUsual = event.dispatcher.isNone || event.dispatcher == runs.values[own].dispatcher
            // Most events end here: they name the dispatcher that the run was started on.
            if isUsual || !runs.isShared(event.run) { return own }
            return otherRun(startedOn: event, symbols) ?? own
        }
        if let crossed = otherRun(startedOn: event, symbols) { return crossed }
        if event.type == .runStarted || !reception.seesStarts { return nil }
        let lacksSession = sessions.place(event.session, of: event.user) == nil
        let near = otherRuns(event).filter { place in
            let isOnDispatcher = !event.dispatcher.isNone && runs.values[place].dispatcher == event.dispatcher
            return isOnDispatcher || (lacksSession && runs.values[place].session.id == event.session)
        }
        return near.count == 1 ? near[0] : nil
    }

    /// Where the session is that an event belongs to; nil for the first event of a session.
    ///
    /// - Parameter run: where the event's run is, of ``runPlace(of:_:)``.
    func sessionPlace(of event: EventRecord, run: Int?, _ symbols: SymbolTable) -> Int? {
        if let run, runs.values[run].session.id == event.session, event.user.isNone || crosses(event, run) {
            if let place = sessions.place(runs.values[run].session) { return place }
        }
        if let own = sessions.place(event.session, of: event.user) { return own }
        guard !event.user.isNone, let owner = sessions.place(event.session, of: .none),
            !event.dispatcher.isNone, sessions.values[owner].dispatcher == event.dispatcher,
            hasNeverServed(event.user, event.dispatcher, symbols)
        else { return nil }
        return owner
    }

    /// The key of the session of that id and user; the one that it will have where there is none yet.
    func key(ofSession id: Symbol, of user: Symbol) -> OwnedSymbol {
        if id.isNone { return .none }
        return sessions.place(id, of: user).map { sessions.keys[$0] } ?? sessions.newKey(id, of: user)
    }

    private func crosses(_ event: EventRecord, _ run: Int) -> Bool {
        !runs.values[run].user.isNone && runs.values[run].user != event.user
    }

    /// The run of an event without a user, where several users have its id: the one of its session.
    private func sessionRun(_ event: EventRecord, _ symbols: SymbolTable) -> Int? {
        guard runs.isShared(event.run) else { return nil }
        let places = runs.places(event.run).filter { runs.values[$0].session.id == event.session }
        return places.count == 1 ? places[0] : nil
    }

    /// The open runs of the event's id that belong to other users.
    private func otherRuns(_ event: EventRecord) -> [Int] {
        runs.places(event.run).filter { place in
            runs.values[place].state == .open && crosses(event, place)
        }
    }

    /// Another user's open run that was started on the event's dispatcher, which has never served the event's user.
    private func otherRun(startedOn event: EventRecord, _ symbols: SymbolTable) -> Int? {
        guard !event.dispatcher.isNone else { return nil }
        let others = otherRuns(event).filter { runs.values[$0].dispatcher == event.dispatcher }
        guard let found = others.first, hasNeverServed(event.user, event.dispatcher, symbols) else {
            return nil
        }
        return found
    }

    /// Whether a dispatcher is known to be others' alone; one that serves everybody is not.
    private func hasNeverServed(_ user: Symbol, _ dispatcher: Symbol, _ symbols: SymbolTable) -> Bool {
        guard let place = dispatchers.place(dispatcher) else { return false }
        let record = dispatchers.values[place].record
        guard record.pattern != .singleton, record.user != nil || !record.owners.isEmpty else { return false }
        let user = UserID(rawValue: symbols[user])
        return record.hasRoomForOwners && record.user != user && !record.owners.contains(user)
    }
}
