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
    var sessions: [SessionID: SessionEntry] = [:]
    var endedSessions = Ended<SessionRecord>()
    var dispatchers: [DispatcherID: DispatcherEntry] = [:]
    var disposedDispatchers = Ended<DispatcherEntry>()
    var runs: [RunID: RunEntry] = [:]
    var finishedRuns = Ended<RunRecord>()
    var contexts: [ContextID: ContextRecord] = [:]
    /// What else is kept of each live context.
    var pasts: [ContextID: ContextPast] = [:]
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
        runs[record.id] = nil
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
        if event.metadata.sequence == nil { event.metadata.sequence = takeSequence(event) }
        let number = ring.nextNumber
        event.metadata.id = "\(configuration.bootID)-\(number)"
        let line = event.line
        ring.append(
            configuration.exposesPayloads ? line : event.withoutPayload(line), at: event.timestamp)
        history.countEvent(
            at: event.timestamp, path: event.metadata.path, sessions: sessions.count)
        if event.type != .custom { noteAgentEvent(event) }
        return PublishedEvent(
            id: event.metadata.id ?? "", type: event.type, run: event.metadata.run, line: line)
    }

    /// The next number of the event's run, else of its session; a run that starts is entered.
    mutating func takeSequence(_ event: OutgoingEvent) -> Int? {
        if let run = event.metadata.run, event.type == .runStarted, runs[run] == nil {
            var record = RunRecord(id: run)
            record.session = event.metadata.session
            record.user = event.metadata.user
            record.agent = event.metadata.agent
            record.state = .open
            if runs.count >= Self.maximumOpenRuns { loseOldestRun() }
            runs[run] = RunEntry(record: record, startedAt: event.timestamp)
        }
        if let run = event.metadata.run, runs[run] != nil {
            defer { runs[run]?.nextSequence += 1 }
            return runs[run]?.nextSequence
        }
        guard let session = event.metadata.session, sessions[session] != nil else { return nil }
        defer { sessions[session]?.nextSequence += 1 }
        return sessions[session]?.nextSequence
    }

    private mutating func noteAgentEvent(_ event: OutgoingEvent) {
        auditRun(event)
        if let session = event.metadata.session { noteSession(session, event) }
        guard let id = event.metadata.run, var entry = runs[id] else { return }
        entry.record.events += 1
        if let user = event.metadata.user, let owner = entry.record.user, user != owner {
            entry.grammar.note(.otherUser)
        }
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
            runs[id] = entry
        } else {
            entry.record.grammar = isViolated ? .violated : .ok
            runs[id] = nil
            finishedRuns.append(entry.record)
            let took = event.timestamp.since(entry.startedAt)
            history.countRun(at: event.timestamp, took: took)
            metrics.countRun(event, agent: entry.record.agent, took: took)
        }
    }

    private mutating func noteSession(_ id: SessionID, _ event: OutgoingEvent) {
        guard var entry = sessions[id] else { return }
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
        if let dispatcher = event.metadata.dispatcher { entry.record.dispatcher = dispatcher }
        sessions[id] = entry
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
