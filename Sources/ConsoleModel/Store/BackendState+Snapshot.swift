import PatternDetection
import WireProtocol

extension BackendState {
    /// Joins a snapshot with what the events have told since; the newer word about each thing wins.
    mutating func take(
        _ snapshot: BackendSnapshot, symbols: inout SymbolTable, at moment: Timestamp, changes: inout [Change]
    ) {
        noteRestart(snapshot, symbols: symbols, at: moment, changes: &changes)
        identity.name = snapshot.name
        identity.version = snapshot.version
        identity.instance = snapshot.instance
        identity.bootID = snapshot.bootID
        identity.startedAt = snapshot.startedAt
        identity.startup = snapshot.startup
        if let sentAt = snapshot.health.at { reception.noteSkew(sentAt.since(moment)) }
        reception.counters.decodeErrors = reception.counters.decodeErrors.adding(snapshot.refusedRows)
        take(
            ReadOutcome(
                .sessions, "rows of the snapshot",
                failure: snapshot.refusedRows == 0
                    ? nil
                    : "\(CountText.plural(snapshot.refusedRows, "row")) without an id or a list; update the backend"
            ))
        (reception.hasSnapshot, reception.seesStarts) = (true, dialect.coverage.sees(.runs))
        reception.omitted = .init(
            sessions: max(0, snapshot.sessionsOmitted), dispatchers: max(0, snapshot.dispatchersOmitted),
            runs: max(0, snapshot.runsOmitted))
        let statesHealth = snapshot.health.status != .unknown || !snapshot.health.checks.isEmpty
        if health.receivedAt == nil, statesHealth {
            take(snapshot.health, body: [], at: moment, changes: &changes)
        }
        extras.health = statesHealth ? HealthAnswer(record: snapshot.health, receivedAt: moment) : nil
        if !snapshot.history.isEmpty { statistics.history = Array(snapshot.history.suffix(60)) }
        if let relayed = snapshot.reception { take(relayed) }
        extras.limits = snapshot.limits
        extras.checklist = snapshot.checklist
        extras.contexts = [:]
        for context in snapshot.contexts { extras.keep(context) }
        let asOf = snapshot.health.at ?? moment
        for record in snapshot.paths {
            if snapshot.reception != nil, record.evidence.isEmpty {
                meet(record, symbols: &symbols, at: asOf)
            } else {
                declare(record, symbols: &symbols, at: asOf, changes: &changes)
            }
        }
        for record in snapshot.sessions { merge(record, symbols: &symbols, asOf: asOf) }
        for record in snapshot.runs { merge(record, symbols: &symbols, asOf: asOf) }
        for record in snapshot.dispatchers { merge(record, symbols: &symbols, asOf: asOf) }
        closeAbsent(snapshot, symbols: symbols, asOf: asOf)
        remember(snapshot, at: moment)
        forgetOldest()
    }

    /// What triage keeps of a snapshot: whose each context is, and what this replica says of its paths.
    private mutating func remember(_ snapshot: BackendSnapshot, at moment: Timestamp) {
        if memory.contextOwners.count > 4_096 { memory.contextOwners = [:] }
        for context in snapshot.contexts {
            guard let user = context.user else { continue }
            if let owner = memory.contextOwners[context.id], owner != user {
                statistics.crossings = statistics.crossings.adding(1)
                memory.note(
                    Crossing(
                        kind: .context, owner: owner.rawValue, other: user.rawValue,
                        subject: context.id.rawValue, at: context.createdAt ?? moment, event: nil))
            }
            memory.contextOwners[context.id] = user
        }
        if let boot = snapshot.bootID { memory.boots.note(boot, instance: snapshot.instance, at: moment) }
        guard let instance = snapshot.instance else { return }
        let verdicts = paths.values.filter(\.isDeclared).map { ($0.record.path, $0.judgement.verdict) }
        memory.note(
            replica: instance, Dictionary(verdicts, uniquingKeysWith: { first, _ in first }), at: moment)
    }

    /// Another boot or replica behind the same address: nothing of the earlier one lives on.
    private mutating func noteRestart(
        _ snapshot: BackendSnapshot, symbols: SymbolTable, at moment: Timestamp, changes: inout [Change]
    ) {
        guard reception.hasSnapshot else { return }
        let isSame = identity.bootID == snapshot.bootID && identity.instance == snapshot.instance
        guard !isSame else { return }
        identity.restarts += 1
        memory.restartsAt.append(moment)
        if memory.restartsAt.count > 16 { memory.restartsAt.removeFirst() }
        let (before, now) = (identity.instance ?? "", snapshot.instance ?? "")
        let text = before == now ? "restarted" : "another replica answers: \(before) → \(now)"
        changes.append(Change(at: moment, backend: key, text: text, severity: .warning))
        for place in sessions.values.indices where !sessions.values[place].isEnded {
            end(sessions.keys[place], at: moment)
        }
        for place in dispatchers.values.indices where dispatchers.values[place].record.state != .disposed {
            dispatchers[place: place].record.state = .disposed
            dispatchers[place: place].disposedAt = moment
        }
        memory.earlierStretches = Dictionary(
            paths.values.map { ($0.record.path, $0.stretches) }, uniquingKeysWith: { first, _ in first })
        memory.contextOwners = [:]
        paths = SymbolMap()
        health.receivedAt = nil
        reception.joinedAt = nil
    }

    /// Takes one declared path; the counters only grow while the backend is the same.
    mutating func declare(
        _ record: PathRecord, symbols: inout SymbolTable, at moment: Timestamp, changes: inout [Change]
    ) {
        let symbol = symbols.intern(record.path.rawValue)
        guard let place = paths.place(symbol) else {
            var path = PathState(record)
            path.isDeclared = true
            path.firstSeenAt = moment
            path.judgedSince = path.decidingRows.compactMap(\.at).max()
            path.stretches = memory.earlierStretches[record.path] ?? []
            path.noteStretch(at: path.judgedSince ?? moment)
            if record.lastOutcome.status == .error { path.failingSince = record.lastOutcome.at }
            add(path, for: symbol)
            return
        }
        let (verdict, outcome) = (
            paths[place: place].judgement.verdict, paths[place: place].record.lastOutcome
        )
        var merged = record
        merged.created = max(record.created, paths[place: place].record.created)
        merged.failed = max(record.failed, paths[place: place].record.failed)
        merged.fallbacks = max(record.fallbacks, paths[place: place].record.fallbacks)
        if let ours = outcome.at, ours > record.lastOutcome.at ?? ours { merged.lastOutcome = outcome }
        if record.lastOutcome.status == .none { merged.lastOutcome = outcome }
        paths[place: place].isDeclared = true
        paths[place: place].record = merged
        paths[place: place].noteStretch(at: moment)
        noteOutcome(place, before: outcome.status, at: merged.lastOutcome.at ?? moment, changes: &changes)
        let judged = paths[place: place].judgement.verdict
        if judged != verdict {
            paths[place: place].judgedSince = moment
            changes.append(
                Change(
                    at: moment, backend: key,
                    text: "\(record.path) \(verdict.longWords) → \(judged.longWords)",
                    severity: judged.severity))
        }
    }

    /// Dates the begin and end of a failing stretch.
    mutating func noteOutcome(
        _ place: Int, before: OutcomeRecord.Status, at moment: Timestamp, changes: inout [Change]
    ) {
        let status = paths[place: place].record.lastOutcome.status
        guard status != before else { return }
        paths[place: place].failingSince = status == .error ? moment : nil
        guard before != .none || status == .error else { return }
        let severity: Severity = status == .error ? .critical : status == .fallback ? .warning : .ok
        let words = before == .none ? status.rawValue : "\(before.rawValue) → \(status.rawValue)"
        changes.append(
            Change(
                at: moment, backend: key, text: "\(paths[place: place].record.path) \(words)",
                severity: severity))
    }

    private mutating func merge(_ record: SessionRecord, symbols: inout SymbolTable, asOf: Timestamp) {
        let symbol = symbols.intern(record.id.rawValue)
        let user = symbols.intern(record.user.rawValue)
        let place = sessions.place(symbol, of: user) ?? openSession(symbol, user: user, at: nil)
        if sessions[place: place].user.isNone, !user.isNone { learnUser(user, ofSessionAt: place) }
        // A client may go on with the id of a session that its server forgot, in a restart for instance.
        if record.state != .ended, let ended = sessions.values[place].times.endedAt,
            let last = record.lastEventAt, last > ended
        {
            reopen(place)
        }
        var session = sessions[place: place]
        session.path = record.path.map { symbols.intern($0.rawValue) } ?? session.path
        session.runCount = max(session.runCount, record.runs)
        let ours = session.times.lastEventAt
        let isNewer = ours.map { record.lastEventAt.map { $0 >= ours ?? $0 } ?? ($0 <= asOf) } ?? true
        session.times.openedAt = session.times.openedAt ?? openedAt(record)
        if let service = record.service {
            session.service = symbols.intern(String(service.prefix(200)))
            reception.namesServices = true
        }
        if isNewer, !session.isEnded {
            session.times.lastEventAt = record.lastEventAt ?? ours
            session.dispatcher = record.dispatcher.map { symbols.intern($0.rawValue) } ?? session.dispatcher
            // Servers of others list sessions without what their runs have sent.
            if !record.eventsSeen.isEmpty { session.ledger = EventLedger(record.eventsSeen) }
            if record.state != .ended {
                (session.state, session.isQueued) = (record.state, record.isQueued)
                session.times.since = record.since ?? session.times.since
            }
        }
        sessions[place: place] = session
        if isNewer, record.state == .ended, !session.isEnded { end(session.key, at: record.since ?? asOf) }
    }

    private func openedAt(_ record: SessionRecord) -> Timestamp? {
        extras.context(record.id, of: record.user)?.createdAt
    }

    private mutating func merge(_ record: RunRecord, symbols: inout SymbolTable, asOf: Timestamp) {
        let symbol = symbols.intern(record.id.rawValue)
        let user = record.user.map { symbols.intern($0.rawValue) } ?? .none
        let session = record.session.map { key(ofSession: symbols.intern($0.rawValue), of: user) } ?? .none
        if let place = runs.place(symbol, of: user) {
            var run = runs[place: place]
            if run.user.isNone { run.user = user }
            run.agent = record.agent ?? run.agent
            run.events = max(run.events, record.events)
            // Where no events are streamed, the session's is the only word about the run's last one.
            if record.state == .open, let last = sessions[session]?.times.lastEventAt {
                run.times.lastEventAt = max(run.times.lastEventAt ?? last, last)
            }
            for violation in record.violations where !run.violations.contains(violation) {
                run.otherViolations.append(violation)
            }
            let wasOpen = run.state == .open
            // A session that a snapshot says has ended takes its runs with it, before their own rows are read.
            if wasOpen || run.state == .lost, record.state != .open {
                run.state = record.state
                run.times.endedAt = run.times.endedAt ?? asOf
                run.tools = []
            }
            if let relayed = record.relayed { run.take(relayed, symbols: &symbols) }
            runs[place: place] = run
            if wasOpen, run.state != .open { past.runs.append(run.key) }
            return
        }
        var run = RunState(key: runs.newKey(symbol, of: user), joinedMidway: true)
        run.session = session
        run.user = user
        run.dispatcher = sessions[session]?.dispatcher ?? .none
        run.path = sessions[session]?.path ?? .none
        run.agent = record.agent
        run.state = record.state
        run.events = record.events
        run.otherViolations = record.violations
        run.times.lastEventAt = sessions[session]?.times.lastEventAt
        // What it has sent is not in its row: of a run that is over, nothing more will tell.
        run.ledger.isObservable = record.state == .open
        if record.state == .open, let place = sessions.place(session) {
            sessions[place: place].lastRun = run.key
            run.ledger = sessions[place: place].ledger
        }
        if let relayed = record.relayed { run.take(relayed, symbols: &symbols) }
        runs.insert(run, for: run.key)
        guard record.state != .open else { return }
        past.runs.append(run.key)
        // Whoever joins after a probe has its outcome from here; the end of a known run came as an event.
        if let user = record.user, SyntheticMark.isCanary(user.rawValue), !run.path.isNone {
            memory.noteProbe(
                ConsumerPath(rawValue: symbols[run.path]), passed: record.state == .completed,
                at: run.times.lastEventAt ?? asOf)
        }
    }

    private mutating func merge(_ record: DispatcherRecord, symbols: inout SymbolTable, asOf: Timestamp) {
        let symbol = symbols.intern(record.id.rawValue)
        let user = record.user.map { symbols.intern($0.rawValue) } ?? .none
        let session = record.session.map { key(ofSession: symbols.intern($0.rawValue), of: user) } ?? .none
        let place = dispatchers.place(symbol) ?? dispatchers.insert(DispatcherState(record), for: symbol)
        let wasDisposed = dispatchers[place: place].disposedAt != nil
        if wasDisposed, record.state != .disposed { return }
        let owners = dispatchers[place: place].record.owners
        let ours = dispatchers[place: place].record
        let isOvertaken = dispatchers[place: place].transitions.last.map { $0.at > asOf } ?? false
        dispatchers[place: place].record = record
        dispatchers[place: place].record.owners = []
        addOwners(record.owners + owners, toDispatcherAt: place)
        if isOvertaken {
            dispatchers[place: place].record.state = ours.state
            dispatchers[place: place].record.inFlight = ours.inFlight
        }
        // Counts of one dispatcher only grow; the smaller one is the older one.
        dispatchers[place: place].record.executed = max(ours.executed, record.executed)
        dispatchers[place: place].record.failed = max(ours.failed, record.failed)
        if record.state == .disposed, !wasDisposed {
            dispatchers[place: place].disposedAt =
                record.lastUsedAt ?? record.createdAt ?? Timestamp(milliseconds: 0)
            past.dispatchers.append(symbol)
        } else if record.state != .disposed, let ended = sessions[session]?.times.endedAt {
            dispatchers[place: place].sessionEndedAt = dispatchers[place: place].sessionEndedAt ?? ended
        }
    }

    /// Ends what a complete snapshot no longer lists and what no newer event has shown to live.
    private mutating func closeAbsent(_ snapshot: BackendSnapshot, symbols: SymbolTable, asOf: Timestamp) {
        // A dialect that cannot see sessions or runs does not say that there are none.
        if dialect.coverage.sees(.sessions) {
            closeAbsentSessions(snapshot, symbols: symbols, asOf: asOf)
        }
        if dialect.coverage.sees(.runs) { closeAbsentRuns(snapshot, symbols: symbols, asOf: asOf) }
    }

    private mutating func closeAbsentSessions(
        _ snapshot: BackendSnapshot, symbols: SymbolTable, asOf: Timestamp
    ) {
        let listed = Set(
            snapshot.sessions.compactMap { row in
                sessions.place(row.id, of: row.user, symbols).map { sessions.keys[$0] }
            })
        for place in sessions.values.indices {
            let session = sessions.values[place]
            guard !session.isEnded, !listed.contains(session.key),
                session.times.lastEventAt.map({ $0 < asOf }) ?? true
            else { continue }
            if dialect.coverage.isPolled { forgetRun(session.lastRun, of: session.key) }
            end(session.key, at: session.times.lastEventAt ?? asOf)
        }
    }

    /// A server that is polled no longer lists the session: it was deleted or forgotten, and its run with it.
    private mutating func forgetRun(_ run: OwnedSymbol, of session: OwnedSymbol) {
        guard let place = runs.place(run), runs.values[place].state == .open,
            runs.values[place].session == session
        else { return }
        runs[place: place].state = .unknown
        runs[place: place].tools = []
        past.runs.append(run)
    }

    private mutating func closeAbsentRuns(_ snapshot: BackendSnapshot, symbols: SymbolTable, asOf: Timestamp)
    {
        let listedRuns = Set(
            snapshot.runs.compactMap { row in
                runs.place(row.id, of: row.user, symbols).map { runs.keys[$0] }
            })
        for place in runs.values.indices {
            let run = runs.values[place]
            guard run.state == .open, !listedRuns.contains(run.key),
                run.times.lastEventAt.map({ $0 < asOf }) ?? true
            else { continue }
            // Its end was not seen by us; that says nothing about the run.
            runs[place: place].state = .unknown
            runs[place: place].tools = []
            past.runs.append(run.key)
        }
    }
}
