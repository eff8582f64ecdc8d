public import WireProtocol

/// Reads the frames that a Netra WebSocket sends, in all seven envelopes, as AG-UI events.
///
/// The envelopes differ in where the name stands (`type`, `event_type`, `event`),
/// where the fields are (`payload`, `data`, or beside the name) and how time is
/// written (RFC 3339 or seconds). One value reads one connection.
public struct NetraFrameReader: Sendable {
    private var user: String?
    private var run: String?
    private var thread: String?
    private var openCalls: [String: [String]] = [:]
    private var callCount = 0

    /// A reader at the start of a connection.
    public init() {}

    /// Takes one text frame and gives the events it stands for; a frame that is no JSON object gives none.
    public mutating func take(_ frame: some Sequence<UInt8>, at arrival: Timestamp) -> [OutgoingEvent] {
        guard let object = (try? JSONParser.parse(frame))?.object else { return [] }
        guard let name = ["type", "event_type", "event"].compactMap({ object.string($0) }).first else {
            return []
        }
        let fields = NetraFields(object)
        if name == "system_message" { user = fields.text("user_id") ?? user }
        guard let type = Self.type(of: name) else { return [custom(name, fields, arrival)] }
        let moment = fields.time ?? arrival
        if type == .runStarted || run == nil { begin(fields, at: moment) }
        let event = event(type, name, fields, at: moment)
        let isFabricated =
            type == .toolCallStart && fields.text("tool_name", "tool") == "response_generator"
            && fields.text("run_id") == nil
        let mark: [OutgoingEvent] =
            isFabricated
            ? [
                OutgoingEvent(
                    .custom, at: moment,
                    ["name": "netra.fallback", "value": "five well-formed events with no agent behind them"],
                    metadata: event.metadata)
            ] : []
        if type == .runFinished || type == .runError { (run, openCalls) = (nil, [:]) }
        return mark + [event]
    }

    /// The event of AG-UI that a name stands for, the names of the flattened form included.
    private static func type(of name: String) -> EventType? {
        switch name {
        case "agent_started", "start_agent": .runStarted
        case "agent_thinking", "agent_progress", "partial_result", "stream_chunk": .reasoningStart
        case "tool_executing", "tool_started": .toolCallStart
        case "tool_completed": .toolCallResult
        case "agent_completed", "agent_response_complete", "agent_cancelled", "agent_stopped": .runFinished
        case "agent_error", "agent_failed", "agent_death": .runError
        default: nil
        }
    }

    private mutating func begin(_ fields: NetraFields, at moment: Timestamp) {
        thread = fields.text("thread_id") ?? thread
        // Two of the envelopes name no run: the thread and the moment then stand for it.
        run = fields.text("run_id") ?? "\(thread ?? "run")@\(moment.milliseconds)"
        openCalls = [:]
    }

    private mutating func event(
        _ type: EventType, _ name: String, _ fields: NetraFields, at moment: Timestamp
    ) -> OutgoingEvent {
        var members: JSONObject = [:]
        switch type {
        case .runStarted:
            members = ["threadId": .string(thread ?? ""), "runId": .string(run ?? "")]
        case .toolCallStart:
            let tool = fields.text("tool_name", "tool") ?? "tool"
            callCount += 1
            let call = fields.text("tool_call_id") ?? "\(tool)#\(callCount)"
            openCalls[tool, default: []].append(call)
            members = ["toolCallId": .string(call), "toolCallName": .string(tool)]
        case .toolCallResult:
            // Calls of the same tool have no id of their own: the oldest open one ends first.
            let tool = fields.text("tool_name", "tool") ?? "tool"
            var open = openCalls[tool] ?? []
            let call = open.isEmpty ? "\(tool)#?" : open.removeFirst()
            openCalls[tool] = open
            members = ["toolCallId": .string(call)]
        case .runFinished where name == "agent_cancelled" || name == "agent_stopped":
            members = ["outcome": ["type": "cancelled"]]
        case .runError:
            members = [
                "message": .string(
                    fields.text("error_message", "error", "death_cause", "message") ?? name)
            ]
        default: break
        }
        return OutgoingEvent(type, at: moment, members, metadata: metadata(fields))
    }

    /// Frames without a word in AG-UI: their name and what they are about, never their texts.
    private func custom(_ name: String, _ fields: NetraFields, _ arrival: Timestamp) -> OutgoingEvent {
        var value = JSONObject()
        value.set("event", fields.text("event"))
        value.set("error", fields.text("error_code"))
        value.set("message", fields.text("error_message"))
        return OutgoingEvent(
            .custom, at: fields.time ?? arrival,
            ["name": .string("netra." + name), "value": .object(value)], metadata: metadata(fields))
    }

    private func metadata(_ fields: NetraFields) -> EventMetadata {
        var metadata = EventMetadata()
        metadata.path = "websocket"
        metadata.user = (fields.text("user_id") ?? user).map { UserID(rawValue: $0) }
        metadata.session = (fields.text("thread_id") ?? thread).map { SessionID(rawValue: $0) }
        metadata.run = run.map { RunID(rawValue: $0) }
        metadata.agent = fields.text("agent_name")
        return metadata
    }
}

/// The fields of one frame, wherever its envelope keeps them.
private struct NetraFields {
    private let places: [JSONObject]

    init(_ object: JSONObject) {
        places =
            [object["payload"]?.object, object["data"]?.object, object["user_context"]?.object, object]
            .compactMap { $0 }
    }

    /// The first text of those names, innermost place first.
    func text(_ names: String...) -> String? {
        for name in names {
            for place in places {
                if let text = place.string(name), !text.isEmpty { return text }
            }
        }
        return nil
    }

    /// When it was sent: RFC 3339, with or without its zone, or seconds since the epoch.
    var time: Timestamp? {
        for place in places.reversed() {
            switch place["timestamp"] {
            case .string(let text)?:
                if let moment = Timestamp(rfc3339: text) ?? Timestamp(rfc3339: text + "Z") { return moment }
            case let value?:
                let seconds = value.double ?? 0
                if seconds > 0, seconds < 1e11 {
                    return Timestamp(milliseconds: Int64((seconds * 1000).rounded()))
                }
            case nil: continue
            }
        }
        return nil
    }
}
