import PatternDetection
import WireProtocol

extension BackendState {
    /// Takes a batch of events: the hot path, from scanned positions to the log and the states.
    mutating func take(
        _ batch: EventBatch, symbols: inout SymbolTable, log: inout EventLog, at moment: Timestamp,
        changes: inout [Change]
    ) {
        let received = batch.events.count + batch.refused.count
        reception.counters.eventsReceived = reception.counters.eventsReceived.adding(received)
        reception.counters.decodeErrors = reception.counters.decodeErrors.adding(batch.refused.count)
        if let refused = batch.refused.last { reception.lastRefusal = refused.reason }
        guard !batch.events.isEmpty else { return }
        batch.bytes.withUnsafeBufferPointer { bytes in
            let reader = EventReader(batch: batch, bytes: bytes)
            var cuts: [LineTemplate.Cut] = []
            for event in batch.events {
                var record = reader.record(event, &symbols)
                record.backendNumber = UInt16(truncatingIfNeeded: key.rawValue)
                if let sent = event.timestamp {
                    record.timestamp = sent
                    if event.isStamped { record.marks.insert(.stamped) }
                } else {
                    // A file has no arrival time worth the name: the time of the event before is nearer.
                    record.timestamp = max(moment, reception.lastEventAt ?? moment)
                    record.marks.insert(.stamped)
                }
                take(event, &record, reader, &symbols, number: log.endNumber, changes: &changes)
                log.append(record, event, bytes, &cuts)
            }
        }
        statistics.flush(sessions: liveSessionCount)
        log.trim()
        forgetOldest()
    }

    private mutating func take(
        _ event: ScannedEvent, _ record: inout EventRecord, _ reader: EventReader,
        _ symbols: inout SymbolTable, number: Int, changes: inout [Change]
    ) {
        let moment = record.timestamp
        if reception.joinedAt == nil { reception.joinedAt = moment }
        if reception.lastEventAt.map({ $0 < moment }) ?? true { reception.lastEventAt = moment }
        statistics.countEvent(at: moment, sessions: liveSessionCount)
        let word = record.type.operatorWord
        if record.type == .runError { record.marks.insert(.error) }
        if record.type == .unrecognized { countUnknown(reader.string(event.typeName)) }
        if !record.path.isNone, paths.place(record.path) == nil { meet(record.path, symbols, at: moment) }
        let run = placeOfRun(record, event, symbols, number: number)
        let progress = run.map { noteRun($0, &record, event, reader, word) }
        let session =
            record.session.isNone ? nil : noteSession(&record, run, progress, event, symbols, number: number)
        remember(event, record, run: run, session: session, reader, symbols, number: number)
        if record.type == .custom, let name = SymbolTable.customEvent(record.name) {
            note(name, &record, event, reader, &symbols, changes: &changes)
        }
        if record.marks.contains(.error) { statistics.pendingErrors += 1 }
    }

    /// Where the event's run is, begun if it is new; nil for one outside of runs.
    ///
    /// Of our CUSTOM events only `ctxtop.run` begins a run; the others only count while theirs is open.
    private mutating func placeOfRun(
        _ record: EventRecord, _ event: ScannedEvent, _ symbols: SymbolTable, number: Int
    ) -> Int? {
        guard !record.run.isNone else { return nil }
        var place = runPlace(of: record, symbols)
        if let known = place, runs.isShared(record.run) {
            place = judgeStrays(by: record, at: known, symbols)
        }
        if let place, event.type == .runStarted, event.sequence ?? 0 == 0, runs[place: place].isClosed {
            // The id of a run that is over is free again; its row becomes the new run's.
            if let session = sessions.place(runs.values[place].session),
                sessions.values[session].lastRun == runs.keys[place]
            {
                sessions[place: session].lastRun = .none
            }
            runs[place: place] = newRun(runs.keys[place], record, event)
            return place
        }
        let name = record.type == .custom ? SymbolTable.customEvent(record.name) : nil
        guard name != nil, name != .run else { return place ?? beginRun(record, event, number: number) }
        return place.flatMap { runs.values[$0].state == .open ? $0 : nil }
    }

    private var liveSessionCount: Int { max(0, sessions.count - past.sessions.count) }

    private mutating func countUnknown(_ type: String) {
        let type = String(type.prefix(64))
        guard reception.unknownTypes[type] != nil || reception.unknownTypes.count < 100 else { return }
        reception.unknownTypes[type, default: 0] += 1
    }

    /// A path that is named for the first time, by an event.
    private mutating func meet(_ symbol: Symbol, _ symbols: SymbolTable, at moment: Timestamp) {
        var path = PathState(PathRecord(path: ConsumerPath(rawValue: symbols[symbol])))
        path.firstSeenAt = moment
        add(path, for: symbol)
    }

    // MARK: Runs

    private mutating func noteRun(
        _ place: Int, _ record: inout EventRecord, _ event: ScannedEvent, _ reader: EventReader,
        _ word: OperatorWord?
    ) -> RunState.Progress {
        if event.type == .runStarted, let agent = reader.agent(event) { runs[place: place].agent = agent }
        if runs.values[place].session.isNone {
            runs[place: place].session = key(ofSession: record.session, of: runs.values[place].user)
        }
        let call = reader.call(event)
        let step: RunGrammar.Step =
            switch event.type {
            case .runStarted: .started
            case .toolCallStart: .toolExecuting(call)
            case .toolCallResult: .toolCompleted(call)
            case .runFinished: event.outcome == .success ? .completed : .suspended
            case .runError: .error
            default: word == .agentThinking ? .thinking : .other
            }
        var progress = runs[place: place].apply(&record, step, word, call: call)
        if let (tool, duration) = progress.tool { statistics.countToolCall(tool, took: duration) }
        if record.marks.contains(.crossing) { statistics.crossings = statistics.crossings.adding(1) }
        if event.type == .runFinished || event.type == .runError {
            if progress.isClosed {
                progress.isLateEnd = true
            } else {
                close(place, record, progress, isCancelled: event.outcome == .cancelled)
                progress.isClosed = true
            }
        }
        return progress
    }

    private mutating func beginRun(_ record: EventRecord, _ event: ScannedEvent, number: Int) -> Int {
        var run = newRun(runs.newKey(record.run, of: record.user), record, event)
        run.stray = stray(record, number: number)
        return runs.insert(run, for: run.key)
    }

    private func newRun(_ key: OwnedSymbol, _ record: EventRecord, _ event: ScannedEvent) -> RunState {
        let isStart = event.type == .runStarted
        // A snapshot lists all runs that are open; without one, patience shows that the start was missed.
        let watched = record.timestamp.since(reception.joinedAt ?? record.timestamp)
        let isUnseen = watched <= TriageRule.patience && !reception.hasSnapshot
        let isSeenFromWithin = record.type == .custom && SymbolTable.customEvent(record.name) == .run
        let joinedMidway = !isStart && event.sequence != 0 && isUnseen && !isSeenFromWithin
        var run = RunState(key: key, joinedMidway: joinedMidway)
        run.isSeenFromWithin = isSeenFromWithin
        run.session = self.key(ofSession: record.session, of: record.user)
        run.user = record.user
        run.path = record.path
        run.dispatcher = record.dispatcher
        if isStart { run.times.startedAt = record.timestamp }
        return run
    }

    private mutating func close(
        _ place: Int, _ record: EventRecord, _ progress: RunState.Progress, isCancelled: Bool
    ) {
        // What was given up for lost is in the list already.
        if runs[place: place].state == .open { past.runs.append(runs.keys[place]) }
        runs[place: place].state =
            record.type == .runError ? .failed : isCancelled ? .cancelled : .completed
        runs[place: place].times.endedAt = record.timestamp
        runs[place: place].tools = []
        guard let startedAt = progress.startedAt else { return }
        let finished = FinishedRun(at: record.timestamp, took: record.timestamp.since(startedAt))
        statistics.countRun(finished)
        if let session = sessions.place(progress.session) {
            sessions[place: session].finished.append(finished)
            if sessions.values[session].finished.count > 64 {
                sessions[place: session].finished.removeFirst()
            }
        }
    }

    // MARK: Sessions

    private mutating func noteSession(
        _ record: inout EventRecord, _ run: Int?, _ progress: RunState.Progress?, _ event: ScannedEvent,
        _ symbols: SymbolTable, number: Int
    ) -> Int {
        let moment = record.timestamp
        let place =
            sessionPlace(of: record, run: run, symbols)
            ?? openSession(record.session, user: record.user, at: moment)
        // Only our own wire says that a session opens; elsewhere a run begins in it, in the list or not.
        if event.type == .runStarted, let ended = sessions.values[place].times.endedAt, moment > ended,
            !dialect.coverage.sees(.dispatchers)
        {
            reopen(place)
        }
        let outcome = event.type == .runFinished ? event.outcome : nil
        if let previous = sessions.values[place].counts.newestEvent {
            record.distanceToPrevious = UInt32(clamping: number - previous)
        }
        if record.user.isNone {
            record.user = sessions.values[place].user
        } else if sessions.values[place].user.isNone {
            learnUser(record.user, ofSessionAt: place)
        }
        let isAnothersEvent =
            sessions[place: place].apply(
                record, number: number, outcome: outcome, isLateEnd: progress?.isLateEnd == true)
        if isAnothersEvent, !record.marks.contains(.crossing) {
            record.marks.insert(.crossing)
            statistics.crossings = statistics.crossings.adding(1)
        }
        if let run, let progress { follow(runs.keys[run], progress, of: place, record) }
        // An event in another's name says nothing about whom the dispatcher serves.
        guard !record.dispatcher.isNone, !record.marks.contains(.crossing),
            sessions.values[place].dispatcher != record.dispatcher
        else { return place }
        sessions[place: place].dispatcher = record.dispatcher
        if record.type != .custom { meet(record.dispatcher, record, symbols) }
        return place
    }

    /// Keeps the session's ledger on the run that it had last.
    private mutating func follow(
        _ key: OwnedSymbol, _ run: RunState.Progress, of session: Int, _ record: EventRecord
    ) {
        let isStart = record.type == .runStarted
        if sessions.values[session].lastRun != key {
            let last = runs.place(sessions[place: session].lastRun)
            guard isStart || last == nil || runs.isClosed(at: last) else { return }
            sessions[place: session].lastRun = key
            sessions[place: session].runCount = sessions.values[session].runCount.adding(1)
        }
        sessions[place: session].ledger = run.ledger
        if !run.isClosed, sessions.values[session].state == .unknown {
            sessions[place: session].state = .running
        }
    }

    /// A dispatcher that an agent's event names: one more owner, if it is another user's.
    private mutating func meet(_ symbol: Symbol, _ record: EventRecord, _ symbols: SymbolTable) {
        let place: Int
        if let known = dispatchers.place(symbol) {
            place = known
        } else {
            var first = DispatcherRecord(id: DispatcherID(rawValue: symbols[symbol]))
            first.session = SessionID(rawValue: symbols[record.session])
            first.user = record.user.isNone ? nil : UserID(rawValue: symbols[record.user])
            place = dispatchers.insert(DispatcherState(first), for: symbol)
        }
        guard !record.user.isNone else { return }
        addOwners([UserID(rawValue: symbols[record.user])], toDispatcherAt: place)
    }
}

extension RunState {
    /// Whether its terminal event has come, or can come no more.
    var isClosed: Bool { state != .open && state != .unknown && state != .lost }

    /// What an event made of its run, without the run: copying that costs more than the event.
    struct Progress {
        var isClosed: Bool
        let ledger: EventLedger
        let startedAt: Timestamp?
        let session: OwnedSymbol
        /// The tool whose call ended, and how long that took.
        let tool: (Symbol, Duration)?
        /// Whether the event ends a run that had ended before; the first end is the one that counts.
        var isLateEnd = false
    }

    /// Takes one event.
    mutating func apply(
        _ record: inout EventRecord, _ step: RunGrammar.Step, _ word: OperatorWord?, call: RunGrammar.Call
    ) -> Progress {
        let moment = record.timestamp
        // A snapshot that overtook the stream has counted this run's events already.
        if step == .started, grammar.isUnseen { events = 0 }
        events = events.adding(1)
        if times.lastEventAt.map({ $0 < moment }) ?? true { times.lastEventAt = moment }
        let violationsBefore = grammar.violations.count
        if user.isNone { user = record.user }
        if !record.user.isNone, record.user != user {
            grammar.note(.otherUser)
            record.marks.insert(.crossing)
        }
        if !isSeenFromWithin { grammar.apply(step, sequence: record.sequence) }
        if grammar.violations.count != violationsBefore { record.marks.insert(.violation) }
        if let word {
            ledger.insert(word)
            if word == .agentThinking, isThinking { record.marks.insert(.continued) }
        }
        if word != nil { isThinking = word == .agentThinking }
        if path.isNone { path = record.path }
        let tool = noteTool(&record, call: call)
        if record.type == .runStarted, times.startedAt == nil { times.startedAt = moment }
        return Progress(
            isClosed: isClosed, ledger: ledger, startedAt: times.startedAt, session: session, tool: tool)
    }

    private mutating func noteTool(_ record: inout EventRecord, call: RunGrammar.Call) -> (Symbol, Duration)?
    {
        switch record.type {
        case .toolCallStart:
            if !isClosed { tools.append(OpenTool(call: call, name: record.name, since: record.timestamp)) }
            return nil
        case .toolCallResult:
            guard let index = tools.firstIndex(where: { $0.call == call }) else { return nil }
            let tool = tools.remove(at: index)
            if record.name.isNone { record.name = tool.name }
            return (tool.name, record.timestamp.since(tool.since))
        default: return nil
        }
    }

    /// Goes on as if joined midway: events are known to be lost, and that is no fault of the run.
    mutating func rejoin() {
        otherViolations = violations
        grammar = RunGrammar(joinedMidway: true)
    }
}

extension SessionState {
    /// Takes one event; whether it named another user than the session's.
    mutating func apply(
        _ record: EventRecord, number: Int, outcome: RunOutcome?, isLateEnd: Bool = false
    ) -> Bool {
        let moment = record.timestamp
        counts.events += 1
        counts.newestEvent = number
        if times.lastEventAt.map({ $0 < moment }) ?? true { times.lastEventAt = moment }
        if times.openedAt == nil { times.openedAt = moment }
        if path.isNone { path = record.path }
        let next: SessionRecord.State? =
            switch record.type {
            case .runStarted: .running
            case .runFinished: outcome == .interrupt || outcome == .pending ? .waiting : .idle
            case .runError: .error
            default: nil
            }
        if let next, !isLateEnd, !isEnded, state != next {
            (state, isQueued) = (next, false)
            times.since = moment
        }
        guard !record.user.isNone, record.user != user else { return false }
        counts.crossings += 1
        return true
    }
}
