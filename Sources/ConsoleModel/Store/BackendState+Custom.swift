import PatternDetection
import WireProtocol

extension BackendState {
    /// Takes a CUSTOM event of ours; one whose value cannot be read is counted and changes nothing.
    mutating func note(
        _ name: CustomEventName, _ record: inout EventRecord, _ event: ScannedEvent, _ reader: EventReader,
        _ symbols: inout SymbolTable, changes: inout [Change]
    ) {
        guard let received = reader.batch.json(event.value)?.object,
            let custom = CustomEvent(name, reception.redaction.object(received))
        else { return refuse("\(name.rawValue) without a readable value") }
        switch custom {
        case .session(let change): noteSession(change, record, &symbols)
        case .run(let change): noteRun(change, record, &symbols)
        case .dispatcher(let move): noteDispatcher(move, record, &symbols)
        case .creation(let report): noteCreation(report, &record, &symbols, changes: &changes)
        case .path(let path): declare(path, symbols: &symbols, at: record.timestamp, changes: &changes)
        case .gap(let gap): noteGap(gap, &record)
        case .refused(let report): noteRefusal(report)
        case .read(let outcome): noteRead(outcome)
        }
    }

    private mutating func noteSession(
        _ change: SessionChange, _ record: EventRecord, _ symbols: inout SymbolTable
    ) {
        guard let place = sessions.place(record.session, of: record.user) else { return }
        let state = change.state
        if change.kind == .opened {
            memory.noteOpening(
                user: symbols[record.user], path: symbols[sessions.values[place].path], at: record.timestamp)
        }
        if let context = change.context { keep(context, symbols) }
        if change.kind == .closed, let name = change.renamedTo {
            return rename(place, to: symbols.intern(name.rawValue))
        }
        if change.kind == .closed || state == .ended {
            if let reason = change.reason {
                let path = record.path.isNone ? nil : ConsumerPath(rawValue: symbols[record.path])
                memory.noteFailure(reason, source: .close, path: path, at: record.timestamp)
            }
            return end(sessions.keys[place], at: record.timestamp)
        }
        guard let state, !sessions[place: place].isEnded, state != sessions[place: place].state else {
            return
        }
        (sessions[place: place].state, sessions[place: place].isQueued) = (state, false)
        sessions[place: place].times.since = record.timestamp
    }

    private mutating func noteRun(
        _ change: RunChange, _ record: EventRecord, _ symbols: inout SymbolTable
    ) {
        guard let run = runPlace(of: record, symbols) else { return }
        let session = sessions.place(runs.values[run].session)
        if let session, let service = change.service {
            sessions[place: session].service = symbols.intern(String(service.prefix(200)))
            reception.namesServices = true
        }
        let next: SessionRecord.State
        switch change.kind {
        case .opened:
            guard runs.values[run].state == .open else { return }
            next = .running
        case .reopened:
            guard runs.values[run].isClosed || runs.values[run].state == .lost else { return }
            let key = runs.keys[run]
            past.runs.removeAll { $0 == key }
            runs[place: run].state = .open
            runs[place: run].times.endedAt = nil
            next = .running
        case .lost, .cancelled:
            guard runs.values[run].state == .open else { return }
            past.runs.append(runs.keys[run])
            runs[place: run].state = change.kind == .lost ? .lost : .cancelled
            runs[place: run].times.endedAt = record.timestamp
            runs[place: run].tools = []
            next = change.kind == .lost ? .unknown : .idle
        case .unknown: return
        }
        guard let session, !sessions.values[session].isEnded, sessions.values[session].state != next else {
            return
        }
        sessions[place: session].state = next
        sessions[place: session].times.since = record.timestamp
    }

    /// Keeps a context with its session; those of sessions that were let go are let go with them.
    private mutating func keep(_ context: ContextRecord, _ symbols: SymbolTable) {
        extras.keep(context)
        guard extras.contexts.count > sessions.count + 1024 else { return }
        let sessions = sessions
        extras.contexts = extras.contexts.filter { id, _ in
            symbols.find(id.rawValue).map { !sessions.places($0).isEmpty } ?? false
        }
    }

    private mutating func noteDispatcher(
        _ move: DispatcherMove, _ event: EventRecord, _ symbols: inout SymbolTable
    ) {
        let symbol = symbols.intern(move.id.rawValue)
        let place =
            dispatchers.place(symbol)
            ?? dispatchers.insert(DispatcherState(DispatcherRecord(id: move.id)), for: symbol)
        var dispatcher = dispatchers[place: place]
        let moment = event.timestamp
        let to = move.to
        dispatcher.record.take(move)
        if !event.user.isNone, dispatcher.record.user == nil {
            dispatcher.record.user = UserID(rawValue: symbols[event.user])
        }
        if !event.session.isNone, dispatcher.record.session == nil {
            dispatcher.record.session = SessionID(rawValue: symbols[event.session])
        }
        dispatcher.record.createdAt = dispatcher.record.createdAt ?? moment
        if to == .executing { dispatcher.record.lastUsedAt = moment }
        if let call = move.ended {
            memory.noteTool(String(call.tool.prefix(128)), failed: !call.succeeded, at: moment)
        }
        dispatcher.transitions.append(.init(from: move.from, to: to, reason: move.reason, at: moment))
        if dispatcher.transitions.count > 64 { dispatcher.transitions.removeFirst() }
        if to == .disposed || to == .evicted {
            if dispatcher.disposedAt == nil { past.dispatchers.append(symbol) }
            dispatcher.disposedAt = dispatcher.disposedAt ?? moment
        } else if let ended = sessions.place(event.session, of: event.user).flatMap({
            sessions.values[$0].times.endedAt
        }) {
            dispatcher.sessionEndedAt = dispatcher.sessionEndedAt ?? ended
        }
        dispatchers[place: place] = dispatcher
        addOwners(move.owners, toDispatcherAt: place)
        if let session = sessions.place(event.session, of: event.user),
            sessions.values[session].dispatcher.isNone
        {
            sessions[place: session].dispatcher = symbol
        }
    }

    private mutating func noteCreation(
        _ report: CreationReport, _ event: inout EventRecord, _ symbols: inout SymbolTable,
        changes: inout [Change]
    ) {
        let status = report.status
        let symbol = symbols.intern(report.path.rawValue)
        if paths.place(symbol) == nil {
            var path = PathState(PathRecord(path: report.path))
            path.firstSeenAt = event.timestamp
            add(path, for: symbol)
        }
        guard let place = paths.place(symbol), status != .none else { return }
        let before = paths[place: place].record.lastOutcome.status
        let moment = event.timestamp
        paths[place: place].record.lastOutcome = OutcomeRecord(
            status, error: report.error, at: moment)
        paths[place: place].noteStretch(at: moment)
        paths[place: place].count(succeeded: status != .error, at: moment)
        if status == .error, let error = report.error {
            memory.noteFailure(
                error, source: .creation, path: paths.values[place].record.path, at: moment)
        }
        // A canary without a dispatcher never gets a run: this is the only word about it.
        if status == .error, SyntheticMark.isCanary(symbols[event.user]) {
            memory.noteProbe(paths.values[place].record.path, passed: false, at: moment)
        }
        switch status {
        case .ok:
            paths[place: place].record.created = paths[place: place].record.created.adding(1)
            let judgement = paths.values[place].judgement
            paths[place: place].noteUse(of: judgement.wins ?? judgement.verdict, at: moment)
        case .fallback:
            paths[place: place].noteUse(of: .singleton, at: moment)
            paths[place: place].record.created = paths[place: place].record.created.adding(1)
            paths[place: place].record.fallbacks = paths[place: place].record.fallbacks.adding(1)
        case .error:
            paths[place: place].record.failed = paths[place: place].record.failed.adding(1)
            event.marks.insert(.error)
        case .none: break
        }
        noteOutcome(place, before: before, at: moment, changes: &changes)
    }

    /// Counts what a relay could not use of its source.
    private mutating func noteRefusal(_ report: RefusalReport) {
        refuse("\(report.what): \(report.reason)")
        reception.counters.decodeErrors = reception.counters.decodeErrors.adding(report.count - 1)
    }

    /// Keeps what a relay could not read, apart from what this console could not.
    private mutating func noteRead(_ outcome: ReadOutcome) {
        reception.relayedUnread[outcome.address] = outcome.failure == nil ? nil : outcome
        take(outcome)
    }

    private mutating func noteGap(_ gap: StreamGap, _ event: inout EventRecord) {
        event.marks.insert(.gap)
        reception.counters.eventsDropped = reception.counters.eventsDropped.adding(gap.lost ?? 0)
        (reception.joinedAt, reception.seesStarts) = (event.timestamp, false)
        for place in runs.values.indices where runs.values[place].state == .open {
            runs[place: place].rejoin()
        }
    }
}

extension DispatcherRecord {
    /// Takes the state and the counts of a step.
    fileprivate mutating func take(_ move: DispatcherMove) {
        state = move.to
        pattern = move.pattern ?? pattern
        executed = move.executed ?? executed
        failed = move.failed ?? failed
        inFlight = move.inFlight ?? (state == .executing ? 1 : 0)
    }
}
