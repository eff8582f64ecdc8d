import ContextMonitor
import PatternDetection
import WireProtocol

/// What operators do to sessions and their dispatchers.
extension SessionHub {
    /// Ends a session for an operator.
    ///
    /// - Parameter user: The session's user; not needed where only one user has a session of that id.
    /// - Throws: when there is no such session, or when several users have one and none of them is named.
    func terminate(_ id: SessionID, of user: UserID?, by name: String) async throws(OperatorRefusal) {
        let owners = user.map { [$0] } ?? sessions.keys.owners(of: id)
        guard owners.count < 2 else { throw .severalOwners(id, owners) }
        guard let owner = owners.first, let session = sessions[Owned(id, of: owner)] else {
            throw .noSuchSession(Owned(id, of: user))
        }
        monitor.audit("session terminated", by: name, in: session.context.key)
        await end(session.key, reason: "terminated by \(name)")
    }

    /// Ends a dispatcher for an operator; its session makes a new one with its next run.
    ///
    /// - Throws: when there is none, or it is everybody's.
    func dispose(_ id: DispatcherID, by name: String) async throws(OperatorRefusal) {
        guard let record = await factory.registry.record(id) else { throw .noSuchDispatcher(id) }
        guard record.pattern != .singleton else { throw .everybodys(id) }
        for (session, state) in sessions where state.dispatcher?.id == id {
            sessions[session]?.dispatcher = nil
            monitor.audit("dispatcher disposed", by: name, in: state.context.key, reason: id.rawValue)
        }
        let hasOpenRun = record.inFlight > 0
        if hasOpenRun { await factory.registry.move(id, to: .evicted, reason: "evicted by \(name)") }
        await factory.registry.dispose(id, reason: "disposed by \(name)")
    }

    /// Lets the sessions of a path go on with what start-up left for it now.
    ///
    /// A session at rest gives up its dispatcher and gets another one with its next
    /// run; one that works finishes on what it started with.
    func renew(_ paths: Set<ConsumerPath>) async {
        for (key, session) in sessions where paths.contains(session.path) {
            if session.runs.isEmpty {
                await giveUp(session.dispatcher, of: key)
            } else {
                sessions[key]?.isOutdated = true
            }
        }
    }

    /// Does what ``renew(_:)`` put off, when the last run of a session has ended.
    func renewIfOutdated(_ key: Owned<SessionID>) async {
        guard let session = sessions[key], session.isOutdated, session.runs.isEmpty else { return }
        sessions[key]?.isOutdated = false
        await giveUp(session.dispatcher, of: key)
    }

    private func giveUp(_ dispatcher: ToolDispatcher?, of key: Owned<SessionID>) async {
        guard let dispatcher, sessions[key]?.dispatcher?.id == dispatcher.id else { return }
        sessions[key]?.dispatcher = nil
        await factory.dispose(dispatcher, of: key, reason: "the path was migrated")
    }
}

/// Why an operator's action was not done.
enum OperatorRefusal: Error, Equatable {
    /// There is no live session of that id, or none of the named user.
    case noSuchSession(Owned<SessionID>)
    /// Each of these users has a live session of that id.
    case severalOwners(SessionID, [UserID])
    case noSuchDispatcher(DispatcherID)
    /// The dispatcher of the singleton pattern outlives every context.
    case everybodys(DispatcherID)
    case unknownPath(String)
    case unknownPattern(String)
    /// The rehearsal failed on these paths; none was switched.
    case rehearsalFailed([Rehearsal.Row])
}
