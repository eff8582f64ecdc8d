import ContextMonitor
import PatternDetection
import WireProtocol

/// Every session, its dispatcher and its runs; each user's ids are the user's own.
actor SessionHub {
    var sessions: [Owned<SessionID>: Session] = [:]
    /// The sessions that are out of the table and not yet gone.
    private var endings: [Owned<SessionID>: Task<Void, Never>] = [:]
    /// The sessions that work for another one of their user, by its key.
    var children: [Owned<SessionID>: Set<Owned<SessionID>>] = [:]
    /// The sessions that have the runs under way and waiting.
    var running: [Owned<RunID>: Owned<SessionID>] = [:]
    /// What can still be read of sessions that are gone.
    private(set) var ended = EndedSessions()
    private(set) var isDraining = false
    let monitor: ContextMonitor
    let factory: DispatcherFactory
    private let states: ApplicationStates
    let faults: ActiveFaults
    let agent: ScriptedAgent
    /// How long a session outlives a WebSocket connection that was lost.
    let graceTime: Duration
    /// How long a context may last after it last got work.
    let contextLimit: Duration
    /// What each user has.
    var usage: UserUsage
    /// The usage that operators were told of last.
    var shown: [UserLimits.Kind: Int] = [:]
    let now: @Sendable () -> Timestamp

    init(
        monitor: ContextMonitor, factory: DispatcherFactory, states: ApplicationStates, agent: ScriptedAgent,
        faults: ActiveFaults = .init(), graceTime: Duration, contextLimit: Duration = .seconds(3600),
        limits: UserLimits = .init(), now: @escaping @Sendable () -> Timestamp
    ) {
        self.monitor = monitor
        self.factory = factory
        self.states = states
        self.agent = agent
        self.faults = faults
        self.graceTime = graceTime
        self.contextLimit = contextLimit
        usage = UserUsage(limits: limits)
        self.now = now
    }

    // MARK: Opening and finding

    /// Opens a session, or finds the user's own of that id; its dispatcher is created when it has none.
    ///
    /// One with a parent, a session of the same user, works for it and ends with it.
    func open(
        _ wanted: SessionID?, user: UserID, on path: ConsumerPath, request: String?, connection: String?,
        parent: SessionID? = nil
    ) async throws(SessionError) -> Session {
        let known = wanted.map { Owned($0, of: user) }
        while let known, let ending = endings[known] { await ending.value }
        if isDraining { throw .draining }
        if let known, sessions[known] != nil {
            let session = try find(known.id, user: user, on: path)
            if let connection { attach(known, to: connection) }
            sessions[known]?.lastUsedAt = now()
            return try await equip(session)
        }
        let parentContext = try parent.map { id throws(SessionError) in try find(id, user: user).context.id }
        try take(.dispatchers, by: user)
        let moment = now()
        let id = wanted ?? SessionID(rawValue: UUIDv7.text(at: moment))
        var context = ContextRecord(id: ContextID(rawValue: UUIDv7.text(at: moment)))
        context.user = user
        context.session = id
        context.path = path
        context.request = request
        context.connection = connection
        context.createdAt = moment
        context.deadline = deadline(under: parent.map { Owned($0, of: user) })
        var session = Session(
            id: id, user: user, path: path, context: context, log: SessionEventLog(), lastUsedAt: moment)
        session.connection = connection
        session.parent = parent
        sessions[session.key] = session
        ended.forget(session.key)
        if let parent = session.parentKey { children[parent, default: []].insert(session.key) }
        var record = SessionRecord(id: id, user: user)
        record.path = path
        record.context = context.id
        monitor.sessionOpened(record)
        monitor.contextChanged(context, parent: parentContext)
        countSessions()
        return try await equip(session)
    }

    /// Gives a session its dispatcher; each call without one is a new try.
    func equip(_ session: Session) async throws(SessionError) -> Session {
        if session.dispatcher != nil { return session }
        let made: ToolDispatcher
        do throws(CreationError) {
            made = try await factory.dispatcher(
                for: session.context, on: session.path, in: states.state(of: session.path))
        } catch {
            if sessions[session.key]?.context.id == session.context.id {
                monitor.sessionChanged(session.key, to: .error, reason: error.description)
            }
            throw .creation(error.description)
        }
        // The session may have ended meanwhile, or got another dispatcher.
        guard var current = sessions[session.key], current.context.id == session.context.id else {
            await factory.dispose(made, of: session.key, reason: "the session ended while it was made")
            throw .notFound
        }
        if current.dispatcher != nil {
            await factory.dispose(made, of: session.key, reason: "the session got another one meanwhile")
            return current
        }
        current.dispatcher = made
        sessions[session.key] = current
        var context = current.context
        context.dispatcher = made.id
        monitor.contextChanged(context)
        monitor.sessionChanged(session.key, to: .idle, reason: "dispatcher created")
        return current
    }

    /// The user's own session of that id; on that path, where one is named.
    func find(
        _ id: SessionID, user: UserID, on path: ConsumerPath? = nil
    ) throws(SessionError) -> Session {
        guard let session = sessions[Owned(id, of: user)] else { throw .notFound }
        if let path, session.path != path { throw .otherPath(session.path) }
        return session
    }

    /// The user's own session of that id to read from, live or among the last that ended.
    func readable(_ id: SessionID, user: UserID) throws(SessionError) -> Session {
        let key = Owned(id, of: user)
        guard let session = sessions[key] ?? ended[key] else { throw .notFound }
        return session
    }

    /// The user's own sessions.
    func all(of user: UserID) -> [Session] {
        sessions.values.filter { $0.user == user }.sorted { $0.id < $1.id }
    }

    // MARK: Ending

    /// Ends a session: cancels its runs, disposes its dispatcher and its context.
    ///
    /// It leaves the table at once, so that it ends once; every caller waits until it is gone.
    func end(_ key: Owned<SessionID>, reason: String) async {
        if let ending = endings[key] { return await ending.value }
        guard let session = sessions.removeValue(forKey: key) else { return }
        let ending = Task { await close(session, reason: reason) }
        endings[key] = ending
        await ending.value
    }

    private func close(_ session: Session, reason: String) async {
        session.grace?.cancel()
        for child in children.removeValue(forKey: session.key) ?? [] {
            await end(child, reason: "its parent \(session.id) ended: \(reason)")
        }
        for run in session.runs.values { run.cancel() }
        for run in session.runs.values { _ = await run.value }
        if let dispatcher = session.dispatcher {
            await factory.dispose(dispatcher, of: session.key, reason: reason)
        }
        monitor.sessionEnded(session.key, reason: reason)
        monitor.contextEnded(session.context.key, reason: reason)
        session.log.finish()
        var last = session
        for (run, task) in session.runs {
            last.endedRuns.append(run, await task.value)
            running[Owned(run, of: session.user)] = nil
        }
        if session.log.count > 0 { ended.append(last) }
        endings[session.key] = nil
        if let parent = session.parentKey { forget(session.key, asChildOf: parent) }
        usage.giveBack(.dispatchers, by: session.user)
        for _ in session.waiting { usage.giveBack(.queued, by: session.user) }
        countSessions()
    }

    /// Ends sessions on `path` that were not used for `limit`.
    func sweep(_ path: ConsumerPath, idleFor limit: Duration) async {
        let moment = now()
        for key in sessions.keys {
            // While another one ended, this one may have been used.
            guard let session = sessions[key], session.path == path, session.runs.isEmpty,
                children[key] == nil, moment.since(session.lastUsedAt) > limit
            else { continue }
            await end(key, reason: "idle for \(limit.components.seconds) s")
        }
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
        for key in sessions.keys { await end(key, reason: "server stops") }
        for ending in endings.values { await ending.value }
        await factory.registry.drain()
    }

    /// Every session that may own a dispatcher: those in the table and those that are ending.
    var owners: Set<Owned<SessionID>> { Set(sessions.keys).union(endings.keys) }

    /// When a context that gets work now must be gone: never later than its parent's.
    func deadline(under parent: Owned<SessionID>?) -> Timestamp {
        let own = now() + contextLimit
        return min(own, parent.flatMap { sessions[$0]?.context.deadline } ?? own)
    }

    private func forget(_ child: Owned<SessionID>, asChildOf parent: Owned<SessionID>) {
        children[parent]?.remove(child)
        if children[parent]?.isEmpty == true { children[parent] = nil }
    }

    func countSessions() {
        monitor.setLimit("sessions", limit: 100_000, used: sessions.count)
    }
}
