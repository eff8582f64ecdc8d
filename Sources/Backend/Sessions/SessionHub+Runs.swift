import ContextMonitor
import PatternDetection
import WireProtocol

/// The runs of the sessions.
extension SessionHub {
    /// How many runs of one session may be under way: 3.
    static let runLimit = 3

    /// The user's own session that has that run under way.
    func session(running id: RunID, user: UserID) throws(SessionError) -> Session {
        let session = running[Owned(id, of: user)].flatMap { sessions[$0] }
        guard let session, session.runs[id] != nil else { throw .notFound }
        return session
    }

    /// The user's own session that has or had that run, and how the run ended; nil while it goes on.
    func run(_ id: RunID, user: UserID) throws(SessionError) -> (session: Session, end: RunEnd?) {
        if let session = try? session(running: id, user: user) { return (session, nil) }
        for session in sessions.values where session.user == user {
            if let end = session.endedRuns[id] { return (session, end) }
        }
        guard let found = ended.run(id, of: user) else { throw .notFound }
        return (found.session, found.end)
    }

    /// Starts a run in a session, or lets it wait there for its turn; the task ends when the run has.
    func start(
        _ input: RunInput, in id: SessionID, user: UserID, on path: ConsumerPath
    ) async throws(SessionError) -> (run: RunID, end: Task<RunEnd, Never>) {
        do throws(SessionError) { return try await begin(input, in: id, user: user, on: path) } catch {
            if let session = sessions[Owned(id, of: user)] {
                monitor.audit(
                    "run refused", by: user.rawValue, in: session.context.key, reason: error.rpcError.message)
            }
            throw error
        }
    }

    private func begin(
        _ input: RunInput, in id: SessionID, user: UserID, on path: ConsumerPath
    ) async throws(SessionError) -> (run: RunID, end: Task<RunEnd, Never>) {
        if isDraining { throw .draining }
        _ = try await equip(try find(id, user: user, on: path))
        // What was true before a dispatcher was made may not be any more.
        if isDraining { throw .draining }
        let session = try find(id, user: user)
        guard let dispatcher = session.dispatcher else { throw .notFound }
        guard input.resume.allSatisfy({ $0.interrupt == session.interrupt?.id }) else { throw .noInterrupt }
        let run = input.run ?? RunID(rawValue: UUIDv7.text(at: now()))
        if running[Owned(run, of: user)] != nil { throw .runExists }
        let turn = try takePlace(of: run, in: session)
        let execution = execution(of: run, in: session, by: dispatcher)
        let key = session.key
        let task = Task { [weak self] in
            // Ends when it is the run's turn, and when it is cancelled before.
            if let turn {
                for await _ in turn {}
                await self?.noteWork(run, in: key, by: dispatcher)
            }
            let end = await execution.run(input)
            await self?.finished(run, end, in: key)
            return end
        }
        running[Owned(run, of: user)] = key
        sessions[key]?.runs[run] = task
        sessions[key]?.interrupt = nil
        sessions[key]?.lastUsedAt = now()
        if turn == nil { noteWork(run, in: key, by: dispatcher) }
        return (run, task)
    }

    /// Counts a run; gives what to wait for when its session has as many under way as it may.
    private func takePlace(
        of run: RunID, in session: Session
    ) throws(SessionError) -> AsyncStream<Void>? {
        let isFull = session.runs.count - session.waiting.count >= Self.runLimit
        try take(.runs, by: session.user)
        guard isFull || !session.waiting.isEmpty else { return nil }
        do throws(SessionError) { try take(.queued, by: session.user) } catch {
            usage.giveBack(.runs, by: session.user)
            throw error
        }
        let (turn, begin) = AsyncStream<Void>.makeStream()
        sessions[session.key]?.waiting.append(QueuedRun(run: run, turn: begin))
        monitor.audit(
            "run queued", by: session.user.rawValue, in: session.context.key, reason: run.rawValue)
        return turn
    }

    /// Whether a run waits for another one of its session to end.
    func isQueued(_ run: RunID, in key: Owned<SessionID>) -> Bool {
        sessions[key]?.isQueued(run) ?? false
    }

    private func execution(
        of run: RunID, in session: Session, by dispatcher: ToolDispatcher
    ) -> RunExecution {
        var metadata = EventMetadata()
        metadata.user = session.user
        metadata.session = session.id
        metadata.run = run
        metadata.path = session.path.rawValue
        metadata.dispatcher = dispatcher.id
        let delivery = RunDelivery(
            monitor: monitor, log: session.log, faults: faults, stranger: stranger(to: session.user))
        return RunExecution(
            agent: agent, delivery: delivery, dispatcher: dispatcher, metadata: metadata,
            interrupt: session.interrupt, faults: faults)
    }

    /// Notes in the session's context what it works on now, and until when it may.
    private func noteWork(_ run: RunID, in key: Owned<SessionID>, by dispatcher: ToolDispatcher) {
        guard var context = sessions[key]?.context, context.run != run else { return }
        context.run = run
        context.deadline = deadline(under: sessions[key]?.parentKey)
        context.dispatcher = dispatcher.id
        sessions[key]?.context = context
        monitor.contextChanged(context)
    }

    /// Another user's session, for misdelivered events; nil unless they may be misdelivered.
    private func stranger(to user: UserID) -> Stranger? {
        guard faults.misdeliver, let other = sessions.values.first(where: { $0.user != user }) else {
            return nil
        }
        return Stranger(user: other.user, session: other.id, log: other.log)
    }

    private func finished(_ run: RunID, _ end: RunEnd, in key: Owned<SessionID>) async {
        usage.giveBack(.runs, by: key.user)
        // A session that is being ended has left the table; its end forgets its runs.
        guard sessions[key]?.runs[run] != nil else { return }
        running[Owned(run, of: key.user)] = nil
        sessions[key]?.runs[run] = nil
        if let place = sessions[key]?.waiting.firstIndex(where: { $0.run == run }) {
            sessions[key]?.waiting.remove(at: place)
            usage.giveBack(.queued, by: key.user)
        }
        sessions[key]?.endedRuns.append(run, end)
        sessions[key]?.interrupt = end.interrupt
        sessions[key]?.lastUsedAt = now()
        letNextBegin(in: key)
        await renewIfOutdated(key)
    }

    private func letNextBegin(in key: Owned<SessionID>) {
        guard let session = sessions[key], let next = session.waiting.first,
            session.runs.count - session.waiting.count < Self.runLimit
        else { return }
        sessions[key]?.waiting.removeFirst()
        usage.giveBack(.queued, by: session.user)
        next.turn.finish()
    }
}
