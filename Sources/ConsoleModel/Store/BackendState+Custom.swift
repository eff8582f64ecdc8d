import PatternDetection
import WireProtocol

extension BackendState {
    /// Takes a CUSTOM event of ours; one whose value cannot be read is counted and changes nothing.
    mutating func note(
        _ name: CustomEventName, _ record: inout EventRecord, _ event: ScannedEvent, _ reader: EventReader,
        _ symbols: inout SymbolTable, changes: inout [Change]
    ) {
        guard let received = reader.batch.json(event.value)?.object else {
            return refuse("\(name.rawValue) without a readable value")
        }
        let value = reception.redaction.object(received)
        switch name {
        case .session: noteSession(value, record, symbols)
        case .dispatcher: noteDispatcher(value, record, &symbols)
        case .creation: noteCreation(value, &record, &symbols, changes: &changes)
        case .path: notePath(value, record, &symbols, changes: &changes)
        case .gap: noteGap(value, &record)
        }
    }

    private mutating func noteSession(_ value: JSONObject, _ record: EventRecord, _ symbols: SymbolTable) {
        guard let place = sessions.place(record.session) else { return }
        let state = value.string("state").flatMap { SessionRecord.State(rawValue: $0) }
        if value.string("change") == "opened" {
            memory.noteOpening(
                user: symbols[record.user], path: symbols[sessions.values[place].path], at: record.timestamp)
        }
        if let context = value["context"]?.object.flatMap(ContextRecord.init) { keep(context, symbols) }
        if value.string("change") == "closed" || state == .ended {
            if let reason = value.string("reason") {
                let path = record.path.isNone ? nil : ConsumerPath(rawValue: symbols[record.path])
                memory.noteFailure(reason, source: .close, path: path, at: record.timestamp)
            }
            return end(record.session, at: record.timestamp)
        }
        guard let state, !sessions[place: place].isEnded, state != sessions[place: place].state else {
            return
        }
        sessions[place: place].state = state
        sessions[place: place].times.since = record.timestamp
    }

    /// Keeps a context with its session; those of sessions that were let go are let go with them.
    private mutating func keep(_ context: ContextRecord, _ symbols: SymbolTable) {
        guard let session = context.session else { return }
        extras.contexts[session] = context
        guard extras.contexts.count > sessions.count + 1024 else { return }
        let sessions = sessions
        extras.contexts = extras.contexts.filter { id, _ in
            symbols.find(id.rawValue).flatMap(sessions.place) != nil
        }
    }

    private mutating func noteDispatcher(
        _ value: JSONObject, _ event: EventRecord, _ symbols: inout SymbolTable
    ) {
        guard let id = value.string("id") else { return refuse("ctxtop.dispatcher without an id") }
        let symbol = symbols.intern(id)
        let place =
            dispatchers.place(symbol)
            ?? dispatchers.insert(
                DispatcherState(DispatcherRecord(id: DispatcherID(rawValue: id))), for: symbol)
        var dispatcher = dispatchers[place: place]
        let moment = event.timestamp
        let to = value.string("to").flatMap { DispatcherRecord.State(rawValue: $0) } ?? .unknown
        dispatcher.record.state = to
        if !event.user.isNone, dispatcher.record.user == nil {
            dispatcher.record.user = UserID(rawValue: symbols[event.user])
        }
        if !event.session.isNone, dispatcher.record.session == nil {
            dispatcher.record.session = SessionID(rawValue: symbols[event.session])
        }
        dispatcher.record.createdAt = dispatcher.record.createdAt ?? moment
        if let verdict = value.string("pattern").flatMap({ Verdict($0) }) {
            dispatcher.record.pattern = verdict
        }
        if to == .executing { dispatcher.record.lastUsedAt = moment }
        dispatcher.record.take(value)
        let from = value.string("from").flatMap { DispatcherRecord.State(rawValue: $0) }
        let reason = value.string("reason")
        noteToolEnd(reason, at: moment)
        dispatcher.transitions.append(.init(from: from, to: to, reason: reason, at: moment))
        if dispatcher.transitions.count > 64 { dispatcher.transitions.removeFirst() }
        if to == .disposed || to == .evicted {
            if dispatcher.disposedAt == nil { past.dispatchers.append(symbol) }
            dispatcher.disposedAt = dispatcher.disposedAt ?? moment
        } else if let ended = sessions[event.session]?.times.endedAt {
            dispatcher.sessionEndedAt = dispatcher.sessionEndedAt ?? ended
        }
        dispatchers[place: place] = dispatcher
        if let session = sessions.place(event.session), sessions.values[session].dispatcher.isNone {
            sessions[place: session].dispatcher = symbol
        }
    }

    /// A dispatcher's `TOOL done` or `TOOL failed`: how a call ended, where results do not travel.
    private mutating func noteToolEnd(_ reason: String?, at moment: Timestamp) {
        guard let words = reason?.split(separator: " "), words.count == 2,
            words[1] == "done" || words[1] == "failed"
        else { return }
        memory.noteTool(String(words[0].prefix(128)), failed: words[1] == "failed", at: moment)
    }

    private mutating func noteCreation(
        _ value: JSONObject, _ event: inout EventRecord, _ symbols: inout SymbolTable, changes: inout [Change]
    ) {
        guard let name = value.string("path") else { return refuse("ctxtop.creation without a path") }
        let status = value.string("status").flatMap { OutcomeRecord.Status(rawValue: $0) } ?? .none
        let symbol = symbols.intern(name)
        if paths.place(symbol) == nil {
            var path = PathState(PathRecord(path: ConsumerPath(rawValue: name)))
            path.firstSeenAt = event.timestamp
            paths.insert(path, for: symbol)
        }
        guard let place = paths.place(symbol), status != .none else { return }
        let before = paths[place: place].record.lastOutcome.status
        let moment = event.timestamp
        paths[place: place].record.lastOutcome = OutcomeRecord(
            status, error: value.string("error"), at: moment)
        paths[place: place].noteStretch(at: moment)
        paths[place: place].count(succeeded: status != .error, at: moment)
        if status == .error, let error = value.string("error") {
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

    private mutating func notePath(
        _ value: JSONObject, _ event: EventRecord, _ symbols: inout SymbolTable, changes: inout [Change]
    ) {
        guard let record = PathRecord(json: value) else { return refuse("ctxtop.path without a path") }
        declare(record, symbols: &symbols, at: event.timestamp, changes: &changes)
    }

    private mutating func noteGap(_ value: JSONObject, _ event: inout EventRecord) {
        event.marks.insert(.gap)
        let lost = max(0, value.int("lost") ?? 0)
        reception.counters.eventsDropped = reception.counters.eventsDropped.adding(lost)
        reception.joinedAt = event.timestamp
        for place in runs.values.indices where runs.values[place].state == .open {
            runs[place: place].rejoin()
        }
    }
}

extension DispatcherRecord {
    /// Takes the counts and owners of a `ctxtop.dispatcher` event; its state must be set before.
    fileprivate mutating func take(_ value: JSONObject) {
        executed = value.int("executed") ?? executed
        failed = value.int("failed") ?? failed
        inFlight = value.int("inFlight") ?? (state == .executing ? 1 : 0)
        for owner in value.strings("owners").map({ UserID(rawValue: $0) }) where !owners.contains(owner) {
            owners.append(owner)
        }
    }
}
