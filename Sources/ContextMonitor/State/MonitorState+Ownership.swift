import PatternDetection
import WireProtocol

/// The owner of an event. An id is unique among the ids of one user only, so an equal id proves nothing.
///
/// **The crossing rule.** An event names a user B, a run R and mostly a dispatcher D and a session S.
/// It belongs to the open run R of another user A, and was delivered to B, when one of these is true:
/// 1. A's run was started on D. D is known, is not a singleton and has never served B.
/// 2. B has no run R, open or among the last that ended, and the event does not start one. A is the only
///    user whose run R was started on D, or belongs to a session S where B has no session S. Every start passes a
///    monitor; a console, which may join midway, waits for the evidence of sequence numbers where it missed some.
/// Every other event is B's own. An event without a user never crosses.
extension MonitorState {
    /// The open run that an event belongs to, by the crossing rule; nil where none fits, and for the start of one.
    ///
    /// A run that was started without a user accepts the events of every user.
    func run(of event: OutgoingEvent) -> Owned<RunID>? {
        guard let id = event.metadata.run else { return nil }
        let isStart = event.type == .runStarted
        let own = Owned(id, of: isStart ? owner(of: event) : event.metadata.user)
        if let entry = runs[own] {
            // Most events end here: they name the dispatcher that the run was started on.
            guard let dispatcher = event.metadata.dispatcher, dispatcher != entry.dispatcher,
                !own.isUnowned
            else { return own }
            return foreignRun(event, own, ownIsKnown: true) ?? own
        }
        if own.isUnowned { return isStart ? nil : soleRun(of: event) }
        let ownIsKnown = isStart || finishedRuns.records.contains { $0.key == own }
        if let foreign = foreignRun(event, own, ownIsKnown: ownIsKnown) { return foreign }
        if isStart { return nil }
        let unowned = Owned(id, of: nil)
        return runs[unowned] == nil ? nil : unowned
    }

    /// The user that an event names, else the one whose session it names; nil where neither is known.
    func owner(of event: OutgoingEvent) -> UserID? {
        if let user = event.metadata.user { return user }
        return session(named: event.metadata).flatMap { $0.isUnowned ? nil : $0.user }
    }

    /// Whether an event that belongs to that run names another user than the run's.
    func crosses(_ event: OutgoingEvent, _ run: Owned<RunID>) -> Bool {
        guard let user = event.metadata.user, !user.rawValue.isEmpty, !run.isUnowned else { return false }
        return user != run.user
    }

    /// The session that an event or record names: of its user, else of the only user who has it.
    func session(named id: SessionID?, of user: UserID?) -> Owned<SessionID>? {
        guard let id else { return nil }
        let key = Owned(id, of: user)
        guard key.isUnowned, sessions[key] == nil else { return key }
        let owners = sessions.keys.owners(of: id)
        return owners.count == 1 ? Owned(id, of: owners[0]) : key
    }

    /// The same for an event.
    func session(named metadata: EventMetadata) -> Owned<SessionID>? {
        session(named: metadata.session, of: metadata.user)
    }

    /// Another user's open run of the same id that the crossing rule finds; nil when the event is its user's own.
    private func foreignRun(
        _ event: OutgoingEvent, _ own: Owned<RunID>, ownIsKnown: Bool
    ) -> Owned<RunID>? {
        let isProven = event.metadata.dispatcher.map { !hasServed(own.user, $0) } ?? false
        if ownIsKnown && !isProven { return nil }
        let others = runs.filter { $0.key.id == own.id && $0.key.user != own.user && !$0.key.isUnowned }
        if isProven, let found = others.first(where: { $0.value.dispatcher == event.metadata.dispatcher }) {
            return found.key
        }
        if ownIsKnown { return nil }
        let session = event.metadata.session.map { Owned($0, of: own.user) }
        let lacksSession = session.map { sessions[$0] == nil } ?? false
        let near = others.filter { _, entry in
            if entry.dispatcher != nil, entry.dispatcher == event.metadata.dispatcher { return true }
            return lacksSession && entry.record.session == session?.id
        }
        return near.count == 1 ? near.first?.key : nil
    }

    /// Whether a dispatcher serves everybody, has served that user, or is not known well enough to say no.
    private func hasServed(_ user: UserID, _ id: DispatcherID) -> Bool {
        guard let record = dispatchers[id]?.record, record.pattern != .singleton,
            record.user != nil || !record.owners.isEmpty
        else { return true }
        return record.user == user || record.owners.contains(user)
    }

    /// The open run that an event without a user belongs to: the only one of its id, or the one of its session.
    private func soleRun(of event: OutgoingEvent) -> Owned<RunID>? {
        let found = runs.values.filter { $0.record.id == event.metadata.run }
        if found.count == 1 { return found[0].record.key }
        let ofSession = found.filter { $0.record.session == event.metadata.session }
        return ofSession.count == 1 ? ofSession[0].record.key : nil
    }
}

extension RunRecord {
    /// Whether its session is one of these.
    func isOf(_ sessions: Set<Owned<SessionID>>) -> Bool {
        session.map { sessions.contains(Owned($0, of: user)) } ?? false
    }
}

extension DispatcherRecord {
    /// Whether the session that it lives as long as is one of these.
    func isOf(_ sessions: Set<Owned<SessionID>>) -> Bool {
        session.map { sessions.contains(Owned($0, of: user)) } ?? false
    }
}
