import ContextMonitor
import PatternDetection
import WireProtocol

/// Every session, its dispatcher and its runs.
actor SessionHub {
    /// How many runs of one session may be under way: 3.
    static let runLimit = 3
    /// A context must be gone this long after it was made: 1 hour.
    static let deadline = Duration.seconds(3600)

    private var sessions: [SessionID: Session] = [:]
    private var isDraining = false
    private let monitor: ContextMonitor
    private let factory: DispatcherFactory
    private let states: ApplicationStates
    private let agent: ScriptedAgent
    private let now: @Sendable () -> Timestamp

    init(
        monitor: ContextMonitor, factory: DispatcherFactory, states: ApplicationStates, agent: ScriptedAgent,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.monitor = monitor
        self.factory = factory
        self.states = states
        self.agent = agent
        self.now = now
    }

    // MARK: Sessions

    /// Opens a session, or finds the user's own of that id; its dispatcher is created when it has none.
    func open(
        _ wanted: SessionID?, user: UserID, on path: ConsumerPath, request: String?, connection: String?
    ) async throws(SessionError) -> Session {
        if isDraining { throw .draining }
        if let wanted, let known = sessions[wanted] {
            guard known.user == user else { throw .notFound }
            return try await equip(known)
        }
        let moment = now()
        let id = wanted ?? SessionID(rawValue: UUIDv7.text(at: moment))
        var context = ContextRecord(id: ContextID(rawValue: UUIDv7.text(at: moment)))
        context.user = user
        context.session = id
        context.path = path
        context.request = request
        context.connection = connection
        context.createdAt = moment
        context.deadline = moment + Self.deadline
        let session = Session(
            id: id, user: user, path: path, context: context, log: SessionEventLog(), lastUsedAt: moment)
        sessions[id] = session
        var record = SessionRecord(id: id, user: user)
        record.path = path
        record.context = context.id
        monitor.sessionOpened(record)
        monitor.contextChanged(context)
        countSessions()
        return try await equip(session)
    }

    /// Gives a session its dispatcher; each call without one is a new try.
    private func equip(_ session: Session) async throws(SessionError) -> Session {
        if session.dispatcher != nil { return session }
        do throws(CreationError) {
            let made = try await factory.dispatcher(
                for: session.context, on: session.path, in: states.state(of: session.path))
            guard var current = sessions[session.id], current.dispatcher == nil else {
                await factory.dispose(made.id, reason: "the session ended while it was made")
                guard let current = sessions[session.id] else { throw SessionError.notFound.asCreation }
                return current
            }
            current.dispatcher = made
            sessions[session.id] = current
            var context = current.context
            context.dispatcher = made.id
            monitor.contextChanged(context)
            monitor.sessionChanged(session.id, to: .idle, reason: "dispatcher created")
            return current
        } catch {
            monitor.sessionChanged(session.id, to: .error, reason: error.description)
            throw .creation(error.description)
        }
    }

    /// The user's own session of that id.
    func find(_ id: SessionID, user: UserID) throws(SessionError) -> Session {
        guard let session = sessions[id], session.user == user else { throw .notFound }
        return session
    }

    /// The user's own sessions.
    func all(of user: UserID) -> [Session] {
        sessions.values.filter { $0.user == user }.sorted { $0.id < $1.id }
    }

    /// The user's own session that has that run under way.
    func session(running id: RunID, user: UserID) throws(SessionError) -> Session {
        guard let found = sessions.values.first(where: { $0.user == user && $0.runs[id] != nil }) else {
            throw .notFound
        }
        return found
    }

    /// Ends a session: cancels its runs, disposes its dispatcher and its context.
    func end(_ id: SessionID, reason: String) async {
        guard let session = sessions[id] else { return }
        for run in session.runs.values { run.cancel() }
        for run in session.runs.values { _ = await run.value }
        sessions[id] = nil
        if let dispatcher = session.dispatcher { await factory.dispose(dispatcher.id, reason: reason) }
        monitor.contextEnded(session.context.id)
        monitor.sessionEnded(id, reason: reason)
        session.log.finish()
        countSessions()
    }

    /// Ends sessions on `path` that were not used for `limit`.
    func sweep(_ path: ConsumerPath, idleFor limit: Duration) async {
        let moment = now()
        for session in sessions.values
        where session.path == path && session.runs.isEmpty && moment.since(session.lastUsedAt) > limit {
            await end(session.id, reason: "idle for \(limit.components.seconds) s")
        }
    }

    private func countSessions() {
        monitor.setLimit("sessions", limit: 100_000, used: sessions.count)
    }

    // MARK: Runs

    /// Starts a run in a session; the task ends when the run has.
    func start(
        _ prompt: String, run wanted: RunID?, in id: SessionID, user: UserID
    ) async throws(SessionError) -> (run: RunID, end: Task<RunEnd, Never>) {
        if isDraining { throw .draining }
        let session = try await equip(try find(id, user: user))
        guard session.runs.count < Self.runLimit else { throw .tooManyRuns(limit: Self.runLimit) }
        guard let dispatcher = session.dispatcher else { throw .notFound }
        let run = wanted ?? RunID(rawValue: UUIDv7.text(at: now()))
        if session.runs[run] != nil { throw .tooManyRuns(limit: 1) }
        var metadata = EventMetadata()
        metadata.user = user
        metadata.session = id
        metadata.run = run
        metadata.path = session.path.rawValue
        metadata.dispatcher = dispatcher.id
        let execution = RunExecution(
            agent: agent, monitor: monitor, log: session.log, dispatcher: dispatcher, metadata: metadata)
        let task = Task { [weak self] in
            let end = await execution.run(prompt)
            await self?.finished(run, in: id)
            return end
        }
        sessions[id]?.runs[run] = task
        sessions[id]?.lastUsedAt = now()
        var context = session.context
        context.run = run
        context.dispatcher = dispatcher.id
        monitor.contextChanged(context)
        return (run, task)
    }

    private func finished(_ run: RunID, in id: SessionID) {
        sessions[id]?.runs[run] = nil
        sessions[id]?.lastUsedAt = now()
    }

    /// Takes no new work, lets the runs end for at most `limit`, then ends every session.
    func drain(limit: Duration) async {
        isDraining = true
        monitor.setDraining()
        let runs = sessions.values.flatMap(\.runs.values)
        let deadline = Task {
            try await Task.sleep(for: limit)
            for run in runs { run.cancel() }
        }
        for run in runs { _ = await run.value }
        deadline.cancel()
        for id in sessions.keys { await end(id, reason: "server stops") }
    }
}

extension SessionError {
    /// The same as a failed creation, for the one place where both can happen.
    fileprivate var asCreation: CreationError { .message("the session ended while its dispatcher was made") }
}
