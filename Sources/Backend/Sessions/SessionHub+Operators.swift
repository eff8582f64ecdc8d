import ContextMonitor
import PatternDetection
import WireProtocol

/// What operators do to sessions and their dispatchers.
extension SessionHub {
    /// Ends a session for an operator; false when there is none of that id.
    func terminate(_ id: SessionID, by name: String) async -> Bool {
        guard let session = sessions[id] else { return false }
        monitor.audit("session terminated", by: name, in: session.context.id)
        await end(id, reason: "terminated by \(name)")
        return true
    }

    /// Ends a dispatcher for an operator; its session makes a new one with its next run.
    ///
    /// - Throws: when there is none, or it is everybody's.
    func dispose(_ id: DispatcherID, by name: String) async throws(OperatorRefusal) {
        guard let record = await factory.registry.record(id) else { throw .noSuchDispatcher(id) }
        guard record.pattern != .singleton else { throw .everybodys(id) }
        for (session, state) in sessions where state.dispatcher?.id == id {
            sessions[session]?.dispatcher = nil
            monitor.audit("dispatcher disposed", by: name, in: state.context.id, reason: id.rawValue)
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
        for (id, session) in sessions where paths.contains(session.path) {
            if session.runs.isEmpty {
                await giveUp(session.dispatcher, of: id)
            } else {
                sessions[id]?.isOutdated = true
            }
        }
    }

    /// Does what ``renew(_:)`` put off, when the last run of a session has ended.
    func renewIfOutdated(_ id: SessionID) async {
        guard let session = sessions[id], session.isOutdated, session.runs.isEmpty else { return }
        sessions[id]?.isOutdated = false
        await giveUp(session.dispatcher, of: id)
    }

    private func giveUp(_ dispatcher: ToolDispatcher?, of id: SessionID) async {
        guard let dispatcher, sessions[id]?.dispatcher?.id == dispatcher.id else { return }
        sessions[id]?.dispatcher = nil
        await factory.dispose(dispatcher, of: id, reason: "the path was migrated")
    }
}

/// Why an operator's action was not done.
enum OperatorRefusal: Error, Equatable {
    case noSuchDispatcher(DispatcherID)
    /// The dispatcher of the singleton pattern outlives every context.
    case everybodys(DispatcherID)
    case unknownPath(String)
    case unknownPattern(String)
    /// The rehearsal failed on these paths; none was switched.
    case rehearsalFailed([Rehearsal.Row])
}
