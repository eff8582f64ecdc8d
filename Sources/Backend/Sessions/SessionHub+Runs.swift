import ContextMonitor
import PatternDetection
import WireProtocol

/// The runs of the sessions.
extension SessionHub {
    /// How many runs of one session may be under way: 3.
    static let runLimit = 3

    /// The user's own session that has that run under way.
    func session(running id: RunID, user: UserID) throws(SessionError) -> Session {
        guard let found = sessions.values.first(where: { $0.user == user && $0.runs[id] != nil }) else {
            throw .notFound
        }
        return found
    }

    /// The user's own session that has or had that run, and how the run ended; nil while it goes on.
    func run(_ id: RunID, user: UserID) throws(SessionError) -> (session: Session, end: RunEnd?) {
        let own = sessions.values.filter { $0.user == user }
        if let session = own.first(where: { $0.runs[id] != nil }) { return (session, nil) }
        guard let session = own.first(where: { $0.endedRuns[id] != nil }) else { throw .notFound }
        return (session, session.endedRuns[id])
    }

    /// Starts a run in a session; the task ends when the run has.
    func start(
        _ input: RunInput, in id: SessionID, user: UserID, on path: ConsumerPath
    ) async throws(SessionError) -> (run: RunID, end: Task<RunEnd, Never>) {
        if isDraining { throw .draining }
        _ = try await equip(try find(id, user: user, on: path))
        // What was true before a dispatcher was made may not be any more.
        if isDraining { throw .draining }
        let session = try find(id, user: user)
        guard let dispatcher = session.dispatcher else { throw .notFound }
        guard session.runs.count < Self.runLimit else { throw .tooManyRuns(limit: Self.runLimit) }
        guard input.resume.allSatisfy({ $0.interrupt == session.interrupt?.id }) else { throw .noInterrupt }
        let run = input.run ?? RunID(rawValue: UUIDv7.text(at: now()))
        if session.runs[run] != nil { throw .runExists }
        try take(.runs, by: user)
        var metadata = EventMetadata()
        metadata.user = user
        metadata.session = id
        metadata.run = run
        metadata.path = session.path.rawValue
        metadata.dispatcher = dispatcher.id
        let delivery = RunDelivery(
            monitor: monitor, log: session.log, faults: faults, stranger: stranger(to: user))
        let execution = RunExecution(
            agent: agent, delivery: delivery, dispatcher: dispatcher, metadata: metadata,
            interrupt: session.interrupt, faults: faults)
        let task = Task { [weak self] in
            let end = await execution.run(input)
            await self?.finished(run, end, in: id, of: user)
            return end
        }
        sessions[id]?.runs[run] = task
        sessions[id]?.interrupt = nil
        sessions[id]?.lastUsedAt = now()
        var context = session.context
        context.run = run
        context.deadline = now() + contextLimit
        context.dispatcher = dispatcher.id
        sessions[id]?.context = context
        monitor.contextChanged(context)
        return (run, task)
    }

    /// Another user's session, for misdelivered events; nil unless they may be misdelivered.
    private func stranger(to user: UserID) -> Stranger? {
        guard faults.misdeliver, let other = sessions.values.first(where: { $0.user != user }) else {
            return nil
        }
        return Stranger(user: other.user, session: other.id, log: other.log)
    }

    private func finished(_ run: RunID, _ end: RunEnd, in id: SessionID, of user: UserID) async {
        usage.giveBack(.runs, by: user)
        // A session that is being ended has left the table, and another one may have its id.
        guard sessions[id]?.runs[run] != nil else { return }
        sessions[id]?.runs[run] = nil
        sessions[id]?.endedRuns.append(run, end)
        sessions[id]?.interrupt = end.interrupt
        sessions[id]?.lastUsedAt = now()
        await renewIfOutdated(id)
    }
}
