import WireProtocol

/// Reads the passive stream of one thread as AG-UI events.
///
/// Ids repeat (`updates, tasks, tasks` share one), so nothing is ever dropped by
/// its id. The same tool call appears in several modes: it is told once, by its
/// call id, within its run.
struct LangGraphStream {
    /// How many tool calls of one run are told apart.
    private static let maximumCalls = 10_000

    /// The run that the stream is in.
    private var run: String?
    /// The run whose end was told last: a list that was asked for before may still call it open.
    private var endedRun: String?
    private var startedCalls: Set<String> = []
    private var endedCalls: Set<String> = []
    private var saidMessages: Set<String> = []
    private var waitsForPerson = false
    /// Whether the run is known from the list of runs and nothing of it was told: its start may still come.
    private var isUntold = false

    /// Takes one frame and gives the events it stands for.
    mutating func take(
        _ frame: ServerSentEvent, of thread: LangGraphThread, at arrival: Timestamp
    ) -> [OutgoingEvent] {
        guard let json = try? JSONParser.parse(frame.data) else {
            return [raw(frame, nil, of: thread, at: arrival)]
        }
        let at = Self.time(of: frame.lastEventID) ?? arrival
        // Modes of subgraphs are spelled `updates|namespace`.
        let mode = frame.type.prefix { $0 != "|" && $0 != "/" }
        var events: [OutgoingEvent] = []
        switch mode {
        case "metadata": metadata(json, of: thread, at: at, &events)
        case "tasks": task(json, of: thread, at: at, &events)
        case "updates":
            for member in json.object?.members ?? [] {
                if member.name == "__interrupt__" { waitsForPerson = true }
                read(messages: member.value["messages"], of: thread, at: at, &events)
            }
        case "values": read(messages: json["messages"], of: thread, at: at, &events)
        case "messages": read(messages: json, of: thread, at: at, &events)
        case "error": finish(.runError, Self.complaint(json), of: thread, at: at, &events)
        case "end": finish(.runFinished, [:], of: thread, at: at, &events)
        default: events.append(raw(frame, json, of: thread, at: at))
        }
        if !events.isEmpty { isUntold = false }
        return events
    }

    /// Takes what the list of runs says: which run an observer has joined, and which one is over.
    mutating func follow(runs: [RunRecord]) {
        if let run, runs.contains(where: { $0.id.rawValue == run && $0.state != .open }) { self.run = nil }
        guard run == nil, let open = runs.first(where: { $0.state == .open && $0.id.rawValue != endedRun })
        else { return }
        run = open.id.rawValue
        isUntold = true
    }

    private mutating func metadata(
        _ json: JSONValue, of thread: LangGraphThread, at moment: Timestamp, _ events: inout [OutgoingEvent]
    ) {
        guard let id = json["run_id"]?.string else { return }
        if json["status"]?.string == "run_done" {
            if run == id {
                let outcome: JSONObject = ["outcome": ["type": waitsForPerson ? "interrupt" : "success"]]
                finish(.runFinished, outcome, of: thread, at: moment, &events)
            }
            return
        }
        guard run != id || isUntold else { return }
        run = id
        waitsForPerson = false
        (startedCalls, endedCalls, saidMessages) = ([], [], [])
        events.append(
            OutgoingEvent(
                .runStarted, at: moment, ["threadId": .string(thread.id), "runId": .string(id)],
                metadata: thread.metadata(run: id)))
    }

    private mutating func task(
        _ json: JSONValue, of thread: LangGraphThread, at moment: Timestamp, _ events: inout [OutgoingEvent]
    ) {
        let name = json["name"]?.string ?? "task"
        let isStart = json["result"] == nil && json["error"] == nil
        if isStart {
            events.append(event(.stepStarted, ["stepName": .string(name)], of: thread, at: moment))
            return
        }
        read(messages: json["result"]?["messages"], of: thread, at: moment, &events)
        events.append(event(.stepFinished, ["stepName": .string(name)], of: thread, at: moment))
    }

    /// Tells the tool calls, results and messages of a list, each once.
    private mutating func read(
        messages: JSONValue?, of thread: LangGraphThread, at moment: Timestamp,
        _ events: inout [OutgoingEvent]
    ) {
        guard run != nil else { return }
        for message in messages?.array ?? [] {
            for call in message["tool_calls"]?.array ?? [] {
                guard let id = call["id"]?.string, startedCalls.count < Self.maximumCalls,
                    startedCalls.insert(id).inserted
                else { continue }
                events.append(
                    event(
                        .toolCallStart,
                        ["toolCallId": .string(id), "toolCallName": call["name"] ?? "tool"], of: thread,
                        at: moment))
            }
            if let id = message["tool_call_id"]?.string, endedCalls.insert(id).inserted {
                result(message, of: id, thread, at: moment, &events)
            } else if message["type"]?.string?.hasPrefix("ai") == true
                || message["type"]?.string == "AIMessageChunk"
            {
                say(message, of: thread, at: moment, &events)
            }
        }
    }

    private mutating func result(
        _ message: JSONValue, of call: String, _ thread: LangGraphThread, at moment: Timestamp,
        _ events: inout [OutgoingEvent]
    ) {
        // The call itself may have been told in a mode that this stream does not carry.
        if startedCalls.insert(call).inserted {
            events.append(
                event(
                    .toolCallStart,
                    ["toolCallId": .string(call), "toolCallName": message["name"] ?? "tool"], of: thread,
                    at: moment))
        }
        var fields: JSONObject = ["toolCallId": .string(call)]
        fields.set("messageId", message["id"]?.string)
        // LangChain's ToolMessage has `status: success | error`; AG-UI has no word for it.
        if message["status"]?.string == "error" { fields["content"] = "error" }
        events.append(event(.toolCallResult, fields, of: thread, at: moment))
    }

    private mutating func say(
        _ message: JSONValue, of thread: LangGraphThread, at moment: Timestamp,
        _ events: inout [OutgoingEvent]
    ) {
        guard let id = message["id"]?.string, saidMessages.count < Self.maximumCalls,
            saidMessages.insert(id).inserted
        else { return }
        events.append(
            event(
                .textMessageStart, ["messageId": .string(id), "role": "assistant"], of: thread, at: moment))
    }

    private mutating func finish(
        _ type: EventType, _ fields: JSONObject, of thread: LangGraphThread, at moment: Timestamp,
        _ events: inout [OutgoingEvent]
    ) {
        guard run != nil else { return }
        events.append(event(type, fields, of: thread, at: moment))
        (endedRun, run) = (run, nil)
    }

    private func event(
        _ type: EventType, _ fields: JSONObject, of thread: LangGraphThread, at moment: Timestamp
    ) -> OutgoingEvent {
        OutgoingEvent(type, at: moment, fields, metadata: thread.metadata(run: run))
    }

    /// A frame that has no word in AG-UI: kept whole in size and name, without its payload.
    private func raw(
        _ frame: ServerSentEvent, _ json: JSONValue?, of thread: LangGraphThread, at moment: Timestamp
    ) -> OutgoingEvent {
        var inner: JSONObject = ["event": .string(frame.type), "bytes": .integer(Int64(frame.data.count))]
        inner.set("name", json?["name"]?.string)
        inner.set("kind", json?["event"]?.string)
        return event(.raw, ["source": "langgraph", "event": .object(inner)], of: thread, at: moment)
    }

    private static func complaint(_ json: JSONValue) -> JSONObject {
        let words = [json["error"]?.string, json["message"]?.string].compactMap { $0 }
        return ["message": .string(words.isEmpty ? json.text : words.joined(separator: ": "))]
    }

    /// The moment in an id such as `1795441440099-0`: milliseconds since the epoch.
    private static func time(of id: String) -> Timestamp? {
        let digits = id.prefix { $0 != "-" }
        guard digits.count == 13, let milliseconds = Int64(digits) else { return nil }
        return Timestamp(milliseconds: milliseconds)
    }
}
