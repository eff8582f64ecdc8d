import WireProtocol

/// What is done again and again to what nobody uses any more.
extension SessionHub {
    /// Disposes dispatchers that have not worked for `limit`; their sessions get new ones with their next run.
    func expireDispatchers(idleFor limit: Duration) async {
        let unused = await factory.registry.unused(since: now() + (.zero - limit))
        guard !unused.isEmpty else { return }
        for key in sessions.keys {
            // While another one was disposed, this one may have got work.
            guard let session = sessions[key], session.runs.isEmpty, let dispatcher = session.dispatcher,
                unused.contains(dispatcher.id)
            else { continue }
            sessions[key]?.dispatcher = nil
            await factory.dispose(
                dispatcher, of: key, reason: "idle for \(limit.components.seconds) s")
        }
    }

    /// Ends every session whose context is past its deadline, with the runs that still go on.
    func endOverdue() async {
        let moment = now()
        for key in sessions.keys {
            guard let deadline = sessions[key]?.context.deadline, deadline < moment else { continue }
            await end(key, reason: "its context is past its deadline")
        }
    }

    /// Disposes dispatchers that no session owns, two sweeps after they lost theirs.
    func sweepOrphans() async { await factory.sweep(sessions: owners) }
}
