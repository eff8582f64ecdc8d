import WireProtocol

/// One trace that holds agent work, as a run that is told while its spans come in.
///
/// Spans come when they end, children before parents. A run is told from its
/// first finished span on, and ends with the outermost agent's span.
struct TelemetryTrace {
    /// How long spans wait for somebody to name the conversation: 2 s.
    static let identityPatience = Duration.seconds(2)
    /// How long an agent's span waits for a parent that may be an agent too: 3 s.
    static let parentPatience = Duration.seconds(3)

    private let id: String
    private(set) var session: String?
    private var user: String?
    private var agent: String?
    private var runNumber = 1
    private var isStarted = false
    /// Spans that are not told yet.
    private var waiting: [TelemetrySpan] = []
    /// Agents' spans that are told as the run's end, once nothing can contain them any more.
    private var outermost: TelemetrySpan?
    private var hasRoot = false
    /// The tokens of the model calls so far; not every agent's span sums them up.
    private var tokens = (input: Int64(0), output: Int64(0))
    private(set) var touchedAt: Timestamp

    init(id: String, at moment: Timestamp) {
        self.id = id
        touchedAt = moment
    }

    /// Whether nothing is left to tell.
    var isQuiet: Bool { waiting.isEmpty && outermost == nil && !isStarted }

    /// Takes the spans of one request.
    mutating func take(_ spans: [TelemetrySpan], at moment: Timestamp) {
        touchedAt = moment
        for span in spans {
            session = session ?? span.session
            user = user ?? span.user
            if span.kind == .agent { agent = span.agent ?? agent ?? span.name }
            if span.kind == .model { count(span.usage) }
            if span.parentID.isEmpty || span.hasRemoteParent { hasRoot = true }
            waiting.append(span)
        }
        waiting.sort { $0.end < $1.end }
    }

    private mutating func count(_ usage: JSONValue?) {
        tokens.input = tokens.input.addingReportingOverflow(usage?["inputTokens"]?.integer ?? 0).partialValue
        tokens.output =
            tokens.output.addingReportingOverflow(usage?["outputTokens"]?.integer ?? 0).partialValue
    }

    /// Gives what can be told by now, in the order of time.
    mutating func tell(at moment: Timestamp) -> [OutgoingEvent] {
        let quiet = moment.since(touchedAt)
        guard session != nil || hasRoot || quiet >= Self.identityPatience else { return [] }
        var events: [OutgoingEvent] = []
        for span in waiting.filter({ $0.kind == .agent }) { adopt(span, &events) }
        let rest = waiting.filter { $0.kind != .agent }
        waiting = []
        for span in rest { events += tell(span) }
        events.sort { $0.timestamp < $1.timestamp }
        if !isStarted, let first = events.first?.timestamp ?? outermost?.start {
            events.insert(begin(at: min(first, outermost?.start ?? first)), at: 0)
        }
        if outermost != nil, hasRoot || quiet >= Self.parentPatience { events.append(contentsOf: finish()) }
        return events
    }

    /// Keeps the agent's span that ends last as the run's; another one becomes a step in it.
    private mutating func adopt(_ span: TelemetrySpan, _ events: inout [OutgoingEvent]) {
        guard let other = outermost else {
            outermost = span
            return
        }
        let contains = span.start <= other.start && span.end >= other.end
        outermost = contains || span.end > other.end ? span : other
        let inner = contains || span.end > other.end ? other : span
        events += step(inner, named: inner.name)
    }

    private func tell(_ span: TelemetrySpan) -> [OutgoingEvent] {
        switch span.kind {
        case .tool: tool(span)
        case .model: step(span, named: span.name)
        case .agent, .other: [Self.other(span, metadata)]
        }
    }

    private func tool(_ span: TelemetrySpan) -> [OutgoingEvent] {
        let call = JSONValue.string(span.text("gen_ai.tool.call.id", "tool_call.id") ?? span.spanID)
        var result: JSONObject = ["toolCallId": call]
        if let complaint = span.complaint { result["content"] = .string("error: " + complaint) }
        return [
            OutgoingEvent(
                .toolCallStart, at: span.start,
                ["toolCallId": call, "toolCallName": .string(span.tool)], metadata: metadata),
            OutgoingEvent(.toolCallResult, at: span.end, result, metadata: metadata),
        ]
    }

    private func step(_ span: TelemetrySpan, named name: String) -> [OutgoingEvent] {
        var end: JSONObject = ["stepName": .string(name)]
        end["usage"] = span.usage
        end.set("error", span.complaint)
        return [
            OutgoingEvent(.stepStarted, at: span.start, ["stepName": .string(name)], metadata: metadata),
            OutgoingEvent(.stepFinished, at: span.end, end, metadata: metadata),
        ]
    }

    /// A span that is no agent's work: kept and shown by its name, size and outcome.
    static func other(_ span: TelemetrySpan, _ metadata: EventMetadata) -> OutgoingEvent {
        var value: JSONObject = [
            "span": .string(span.name), "service": .string(span.resource.service),
            "ms": .integer(span.end.since(span.start).wholeMilliseconds),
        ]
        value.set("error", span.complaint)
        return OutgoingEvent(
            .custom, at: span.end, ["name": "otel.span", "value": .object(value)], metadata: metadata)
    }

    private mutating func begin(at moment: Timestamp) -> OutgoingEvent {
        isStarted = true
        return OutgoingEvent(
            .runStarted, at: moment,
            ["threadId": .string(sessionID.rawValue), "runId": .string(runID.rawValue)], metadata: metadata)
    }

    private mutating func finish() -> [OutgoingEvent] {
        guard let span = outermost else { return [] }
        var fields = JSONObject()
        if let usage = span.usage {
            fields["usage"] = .array([usage])
        } else if tokens != (0, 0) {
            fields["usage"] = [
                ["inputTokens": .integer(tokens.input), "outputTokens": .integer(tokens.output)]
            ]
        }
        let event: OutgoingEvent
        if let complaint = span.complaint {
            fields["message"] = .string(complaint)
            event = OutgoingEvent(.runError, at: span.end, fields, metadata: metadata)
        } else {
            fields["outcome"] = ["type": "success"]
            event = OutgoingEvent(.runFinished, at: span.end, fields, metadata: metadata)
        }
        (outermost, isStarted, hasRoot, tokens) = (nil, false, false, (0, 0))
        runNumber += 1
        return [event]
    }

    private var sessionID: SessionID { SessionID(rawValue: session ?? "trace-" + id.prefix(12)) }
    private var runID: RunID { RunID(rawValue: runNumber == 1 ? id : "\(id).\(runNumber)") }

    /// What the run's events say about whom they are.
    var metadata: EventMetadata {
        var metadata = EventMetadata()
        metadata.session = sessionID
        metadata.user = user.map { UserID(rawValue: $0) }
        metadata.run = runID
        metadata.agent = agent
        return metadata
    }
}
