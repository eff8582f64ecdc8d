import PatternDetection
import WireProtocol

/// Everything a monitor knows, and the rules by which it changes.
///
/// A pure struct: no clock, no lock, no I/O. ``ContextMonitor`` makes the calls
/// take turns and passes the moment in.
struct MonitorState {
    let configuration: MonitorConfiguration
    var startup = StartupRecord()
    var startedAt: Timestamp
    var isDraining = false
    var paths: [ConsumerPath: PathRecord] = [:]
    var pathOrder: [ConsumerPath] = []
    var sessions: [Owned<SessionID>: SessionEntry] = [:]
    var endedSessions = Ended<SessionRecord>()
    var dispatchers: [DispatcherID: DispatcherEntry] = [:]
    var disposedDispatchers = Ended<DispatcherEntry>()
    var runs: [Owned<RunID>: RunEntry] = [:]
    var finishedRuns = Ended<RunRecord>()
    var contexts: [Owned<ContextID>: ContextRecord] = [:]
    /// What else is kept of each live context.
    var pasts: [Owned<ContextID>: ContextPast] = [:]
    var endedContexts = Ended<EndedContext>()
    var limits: [String: LimitRecord] = [:]
    /// The newest results of the server's own checks, as it told them.
    var checks: [String: TimedCheck] = [:]
    /// The checks that the monitor runs for the server.
    var watchedChecks: [String: WatchedCheck] = [:]
    /// What the server checks by itself for `/readyz`, by name.
    var readinessChecks: [String: TimedCheck] = [:]
    var history = MinuteHistory()
    var metrics = MonitorMetrics()
    var ring: EventRing

    init(_ configuration: MonitorConfiguration, startedAt: Timestamp) {
        self.configuration = configuration
        self.startedAt = startedAt
        ring = EventRing(configuration)
        startup.phase = "starting"
    }

    /// How many runs may be open: one more, and the oldest counts as lost; an embedder may never end any.
    static let maximumOpenRuns = 10_000

    private mutating func loseOldestRun() {
        guard let oldest = runs.values.min(by: { $0.startedAt < $1.startedAt }) else { return }
        var record = oldest.record
        record.state = .lost
        runs[record.key] = nil
        finishedRuns.append(record)
    }

    /// A live session and what only the monitor keeps of it.
    struct SessionEntry {
        var record: SessionRecord
        var nextSequence = 0
    }

    /// An open run and its grammar.
    struct RunEntry {
        var record: RunRecord
        var grammar = RunGrammar()
        var startedAt: Timestamp
        var nextSequence = 0
        var calls = OpenCalls()
        /// The dispatcher that its start named.
        var dispatcher: DispatcherID?
    }

    /// A dispatcher, its past, and when the session it belongs to ended.
    struct DispatcherEntry {
        var record: DispatcherRecord
        /// Its steps while no context of its session was known.
        var transitions: [AuditTrail.Row] = []
        /// The names of its tools, as far as the server told them.
        var tools: [String] = []
        var sessionEndedAt: Timestamp?
    }

    /// Stamps, stores and counts one event; the result has its `seq` and `id`.
    mutating func publish(_ event: OutgoingEvent) -> PublishedEvent {
        var event = event
        let run: Owned<RunID>?
        if event.metadata.sequence == nil {
            (run, event.metadata.sequence) = place(of: event)
        } else {
            run = self.run(of: event)
        }
        let number = ring.nextNumber
        event.metadata.id = "\(configuration.bootID)-\(number)"
        let line = event.line
        ring.append(
            configuration.exposesPayloads ? line : event.withoutPayload(line), of: event.metadata.user,
            at: event.timestamp)
        history.countEvent(
            at: event.timestamp, path: event.metadata.path, sessions: sessions.count)
        if event.type != .custom { noteAgentEvent(event, of: run) }
        return PublishedEvent(
            id: event.metadata.id ?? "", type: event.type, run: event.metadata.run, line: line)
    }

    /// The next number of the event's run, else of its session; a run that starts is entered.
    mutating func takeSequence(_ event: OutgoingEvent) -> Int? { place(of: event).sequence }

    private mutating func place(of event: OutgoingEvent) -> (run: Owned<RunID>?, sequence: Int?) {
        if let run = event.metadata.run, event.type == .runStarted, self.run(of: event) == nil {
            var record = RunRecord(id: run)
            record.session = event.metadata.session
            record.user = owner(of: event)
            record.agent = event.metadata.agent
            record.state = .open
            if runs.count >= Self.maximumOpenRuns { loseOldestRun() }
            var entry = RunEntry(record: record, startedAt: event.timestamp)
            entry.dispatcher = event.metadata.dispatcher
            runs[record.key] = entry
        }
        if let run = run(of: event) {
            defer { runs[run]?.nextSequence += 1 }
            return (run, runs[run]?.nextSequence)
        }
        guard let session = session(named: event.metadata), sessions[session] != nil else {
            return (nil, nil)
        }
        defer { sessions[session]?.nextSequence += 1 }
        return (nil, sessions[session]?.nextSequence)
    }

    private mutating func noteAgentEvent(_ event: OutgoingEvent, of run: Owned<RunID>?) {
        auditRun(event)
        let isCrossing = run.map { crosses(event, $0) } ?? false
        if let session = session(named: event.metadata) { noteSession(session, event, isCrossing) }
        guard let run, var entry = runs[run] else { return }
        entry.record.events += 1
        if isCrossing { entry.grammar.note(.otherUser) }
        entry.grammar.apply(event.grammarStep, sequence: event.metadata.sequence)
        if let call = entry.calls.note(event) { metrics.tools.add(call.took / .seconds(1), [call.tool]) }
        entry.record.violations = entry.grammar.violations.map(\.rawValue)
        let isViolated = !entry.grammar.violations.isEmpty
        switch event.type {
        case .runFinished:
            entry.record.state = event.outcomeType == "cancelled" ? .cancelled : .completed
        case .runError:
            entry.record.state = .failed
            history.countError(at: event.timestamp)
        default: break
        }
        if entry.record.state == .open {
            entry.record.grammar = isViolated ? .violated : .open
            runs[run] = entry
        } else {
            entry.record.grammar = isViolated ? .violated : .ok
            runs[run] = nil
            finishedRuns.append(entry.record)
            let took = event.timestamp.since(entry.startedAt)
            history.countRun(at: event.timestamp, took: took)
            metrics.countRun(event, agent: entry.record.agent, took: took)
        }
    }

    private mutating func noteSession(
        _ key: Owned<SessionID>, _ event: OutgoingEvent, _ isCrossing: Bool
    ) {
        guard var entry = sessions[key] else { return }
        entry.record.lastEventAt = event.timestamp
        var state = entry.record.state
        switch event.type {
        case .runStarted:
            entry.record.runs += 1
            entry.record.eventsSeen = []
            state = .running
        case .runFinished: state = event.waitsForClient ? .waiting : .idle
        case .runError: state = .error
        default: break
        }
        if let word = event.type.operatorWord, !entry.record.eventsSeen.contains(word) {
            entry.record.eventsSeen.append(word)
        }
        if state != entry.record.state {
            entry.record.state = state
            entry.record.since = event.timestamp
        }
        // An event of another user's run does not show which dispatcher serves this session.
        if let dispatcher = event.metadata.dispatcher, !isCrossing { entry.record.dispatcher = dispatcher }
        sessions[key] = entry
    }
}

/// An event after it was stamped.
public struct PublishedEvent: Sendable {
    /// The resume point, `BOOT-N`.
    public let id: String
    /// The AG-UI type.
    public let type: EventType
    /// The run it belongs to.
    public let run: RunID?
    /// The whole event as one JSON line, payload included: what the event's own user gets.
    public let line: [UInt8]
    /// The same as text, for a WebSocket's text frame.
    public var text: String { String(decoding: line, as: UTF8.self) }
}

extension OutgoingEvent {
    /// The event as the run grammar sees it.
    var grammarStep: RunGrammar.Step {
        let call = RunGrammar.Call(fields.string("toolCallId") ?? "")
        return switch type {
        case .runStarted: .started
        case .toolCallStart: .toolExecuting(call)
        case .toolCallResult: .toolCompleted(call)
        case .runFinished: leavesCallsOpen ? .suspended : .completed
        case .runError: .error
        default: type.operatorWord == .agentThinking ? .thinking : .other
        }
    }

    /// `outcome.type` of a RUN_FINISHED.
    var outcomeType: String? { fields["outcome"]?["type"]?.string }

    /// Whether a RUN_FINISHED may leave calls without a result: an interrupt, a cancel, a client's own tools.
    private var leavesCallsOpen: Bool { waitsForClient || outcomeType == "cancelled" }

    /// Whether the session goes on only when its client has answered.
    var waitsForClient: Bool {
        outcomeType == "interrupt" || fields["outcome"]?["pendingToolCallIds"]?.array?.isEmpty == false
    }
}
