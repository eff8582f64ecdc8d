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
        if let session = own.first(where: { $0.endedRuns[id] != nil }) {
            return (session, session.endedRuns[id])
        }
        guard let found = ended.run(id, of: user) else { throw .notFound }
        return (found.session, found.end)
    }

    /// Starts a run in a session, or lets it wait there for its turn; the task ends when the run has.
    func start(
        _ input: RunInput, in id: SessionID, user: UserID, on path: ConsumerPath
    ) async throws(SessionError) -> (run: RunID, end: Task<RunEnd, Never>) {
        do throws(SessionError) { return try await begin(input, in: id, user: user, on: path) } catch {
            if let session = sessions[id], session.user == user {
                monitor.audit(
                    "run refused", by: user.rawValue, in: session.context.id, reason: error.rpcError.message)
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
        if session.runs[run] != nil { throw .runExists }
        let turn = try takePlace(of: run, in: session)
        let execution = execution(of: run, in: session, by: dispatcher)
        let task = Task { [weak self] in
            // Ends when it is the run's turn, and when it is cancelled before.
            if let turn {
                for await _ in turn {}
                await self?.noteWork(run, in: id, by: dispatcher)
            }
            let end = await execution.run(input)
            await self?.finished(run, end, in: id, of: user)
            return end
        }
        sessions[id]?.runs[run] = task
        sessions[id]?.interrupt = nil
        sessions[id]?.lastUsedAt = now()
        if turn == nil { noteWork(run, in: id, by: dispatcher) }
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
        sessions[session.id]?.waiting.append(QueuedRun(run: run, turn: begin))
        monitor.audit(
            "run queued", by: session.user.rawValue, in: session.context.id, reason: run.rawValue)
        return turn
    }

    /// Whether a run waits for another one of its session to end.
    func isQueued(_ run: RunID, in id: SessionID) -> Bool {
        sessions[id]?.isQueued(run) ?? false
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
    private func noteWork(_ run: RunID, in id: SessionID, by dispatcher: ToolDispatcher) {
        guard var context = sessions[id]?.context, context.run != run else { return }
        context.run = run
        context.deadline = deadline(under: sessions[id]?.parent)
        context.dispatcher = dispatcher.id
        sessions[id]?.context = context
        monitor.contextChanged(context)
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
        if let place = sessions[id]?.waiting.firstIndex(where: { $0.run == run }) {
            sessions[id]?.waiting.remove(at: place)
            usage.giveBack(.queued, by: user)
        }
        sessions[id]?.endedRuns.append(run, end)
        sessions[id]?.interrupt = end.interrupt
        sessions[id]?.lastUsedAt = now()
        letNextBegin(in: id)
        await renewIfOutdated(id)
    }

    private func letNextBegin(in id: SessionID) {
        guard let session = sessions[id], let next = session.waiting.first,
            session.runs.count - session.waiting.count < Self.runLimit
        else { return }
        sessions[id]?.waiting.removeFirst()
        usage.giveBack(.queued, by: session.user)
        next.turn.finish()
    }
}
