import PatternDetection
import WireProtocol

extension BackendState {
    /// What triage keeps of one event, after its run and session have taken it; called for every event.
    mutating func remember(
        _ event: ScannedEvent, _ record: EventRecord, run: Int?, session: Int?, _ reader: EventReader,
        _ symbols: SymbolTable, number: Int
    ) {
        if record.marks.contains(.crossing) {
            rememberCrossing(record, run: run, session: session, symbols, number: number)
        }
        guard event.type.isWork else { return }
        if let run { runs[place: run].times.lastUsefulAt = record.timestamp }
        if let session { sessions[place: session].times.lastUsefulAt = record.timestamp }
        switch event.type {
        case .toolCallStart:
            if let session { sessions[place: session].counts.toolEvents += 1 }
            guard let run else { return }
            runs[place: run].lastTool = record.name
            runs[place: run].calls.begin(reader.call(event), tool: reader.hash(event.name))
        case .toolCallArgs, .toolCallChunk:
            guard let run else { return }
            let hash = event.text.isEmpty ? nil : reader.hash(event.text)
            let bytes = event.text.isEmpty ? event.hiddenBytes : reader.decoded(event.text, \.count)
            runs[place: run].calls.add(reader.call(event), textHash: hash, bytes: bytes)
        case .toolCallEnd:
            if let run { runs[place: run].finishCall(reader.call(event)) }
        case .toolCallResult:
            if let session { sessions[place: session].counts.toolEvents += 1 }
            if let run { runs[place: run].finishCall(reader.call(event)) }
            rememberResult(event, record, run: run, reader, symbols, number: number)
        case .runFinished, .runError: rememberEnd(event, record, run: run, reader, symbols)
        default: break
        }
    }

    private mutating func rememberCrossing(
        _ record: EventRecord, run: Int?, session: Int?, _ symbols: SymbolTable, number: Int
    ) {
        let run = run.map { runs.values[$0].user } ?? .none
        let session = session.map { sessions.values[$0].user } ?? .none
        let owner = !run.isNone && run != record.user ? run : session
        memory.note(
            Crossing(
                kind: .event, owner: symbols[owner], other: symbols[record.user],
                subject: record.run.isNone ? symbols[record.session] : symbols[record.run],
                at: record.timestamp, event: number))
    }

    /// A result without its call: perhaps the call is open in another run.
    private mutating func rememberResult(
        _ event: ScannedEvent, _ record: EventRecord, run: Int?, _ reader: EventReader,
        _ symbols: SymbolTable, number: Int
    ) {
        if reader.showsOutcome(event) {
            memory.noteTool(
                symbols[record.name], failed: reader.startsWithError(event.text), at: record.timestamp)
        }
        // An event that crossed is a breach of its own; its call was made in the run that it belongs to.
        guard record.marks.contains(.violation), !record.marks.contains(.crossing) else { return }
        let call = reader.call(event)
        let owner = runs.values.indices.first { place in
            runs.values[place].state == .open && place != run
                && runs.values[place].tools.contains { $0.call == call }
        }
        guard let owner else { return }
        statistics.crossings = statistics.crossings.adding(1)
        memory.note(
            Crossing(
                kind: .result, owner: symbols[runs.values[owner].user], other: symbols[record.user],
                subject: symbols[record.run], at: record.timestamp, event: number))
    }

    private mutating func rememberEnd(
        _ event: ScannedEvent, _ record: EventRecord, run: Int?, _ reader: EventReader,
        _ symbols: SymbolTable
    ) {
        if let run { runs[place: run].calls = CallHistory() }
        let path = record.path.isNone ? nil : ConsumerPath(rawValue: symbols[record.path])
        if event.type == .runError {
            memory.noteFailure(
                reception.redaction.text(reader.string(event.text)), source: .run, path: path,
                at: record.timestamp)
        }
        guard let path, SyntheticMark.isCanary(symbols[record.user]) else { return }
        memory.noteProbe(path, passed: event.type == .runFinished, at: record.timestamp)
    }
}

extension TriageMemory {
    /// Counts the end of a probe's run.
    mutating func noteProbe(_ path: ConsumerPath, passed: Bool, at moment: Timestamp) {
        guard probes[path] != nil || probes.count < 64 else { return }
        probes[path, default: ProbeTally()].note(passed: passed, at: moment)
    }

    /// Takes the results of a probe that its own report tells of; the newest results of its paths.
    mutating func take(_ report: ProbeResult) {
        for (path, runs) in report.runs.sorted(by: { $0.key < $1.key }) {
            guard probes[path] != nil || probes.count < 64 else { return }
            // One run that failed makes the whole probe a failed one, whichever run it was.
            for isPassed in runs.sorted(by: { $0 && !$1 }) {
                probes[path, default: ProbeTally()].note(passed: isPassed, at: nil)
            }
        }
    }
}

extension EventType {
    /// Whether an event of this type is work; the others are signs of life at most.
    var isWork: Bool {
        switch self {
        case .raw, .custom, .unrecognized, .activitySnapshot, .activityDelta, .messagesSnapshot: false
        case .runStarted, .runFinished, .runError, .stepStarted, .stepFinished,
            .textMessageStart, .textMessageContent, .textMessageEnd, .textMessageChunk,
            .toolCallStart, .toolCallArgs, .toolCallEnd, .toolCallChunk, .toolCallResult,
            .stateSnapshot, .stateDelta, .reasoningStart, .reasoningMessageStart,
            .reasoningMessageContent, .reasoningMessageEnd, .reasoningMessageChunk, .reasoningEnd,
            .reasoningEncryptedValue, .subagentStarted, .subagentFinished, .subagentError,
            .thinkingStart, .thinkingEnd, .thinkingTextMessageStart, .thinkingTextMessageContent,
            .thinkingTextMessageEnd:
            true
        }
    }
}

extension EventReader {
    /// Whether a result says how its call ended: by its text, or by being complete without one.
    ///
    /// A backend that withholds texts says how much there was, and one that has dispatchers
    /// counts their calls itself.
    func showsOutcome(_ event: ScannedEvent) -> Bool {
        !event.text.isEmpty || event.hiddenBytes == 0 && event.dispatcher.isEmpty
    }

    /// Whether a result's text is that of an error.
    func startsWithError(_ slice: TextSlice) -> Bool {
        guard !slice.isEmpty else { return false }
        return decoded(slice) { ToolResult.isError($0) }
    }
}
