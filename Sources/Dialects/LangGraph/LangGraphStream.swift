import WireProtocol

/// Reads the frames of one thread's passive stream as the steps of its current run.
///
/// Ids repeat (`updates, tasks, tasks` share one), so nothing is ever dropped by its id. The same
/// message appears in several modes, and a `values` frame repeats the whole thread: each message
/// is reported once, by its own id, and what stood in the thread before the run never.
struct LangGraphStream {
    /// How many messages and calls of one thread are told apart.
    private static let maximumKnown = 10_000
    /// How often the pieces of one long message are reported as a sign of life.
    private static let pulse = Duration.seconds(5)

    /// An event before it has a time and an owner.
    typealias Step = (type: EventType, fields: JSONObject)

    /// The run that the stream is in.
    private(set) var run: String?
    /// Whether a frame of the run asked a person for something.
    private(set) var asksPerson = false
    /// What a frame of the run said went wrong.
    private(set) var complaint: String?
    private var startedCalls: Set<String> = []
    private var endedCalls: Set<String> = []
    /// Messages that are not reported again, of this run and of those before.
    private var known: Set<String> = []
    /// Which `values` of the run were seen, by namespace: the first of each is the thread as it was before.
    private var baselines: Set<String> = []
    private var reportsTasks = false
    private var pulsedAt: Timestamp?

    /// Enters a run, or leaves the last one; what is known of its messages stays.
    mutating func enter(_ id: String?) {
        guard id != run else { return }
        run = id
        (asksPerson, complaint, reportsTasks, pulsedAt) = (false, nil, false, nil)
        (startedCalls, endedCalls, baselines) = ([], [], [])
        if known.count > Self.maximumKnown { known = [] }
    }

    /// Takes a frame other than `metadata` and returns the steps that it stands for.
    mutating func take(_ frame: ServerSentEvent, _ json: JSONValue?, at moment: Timestamp) -> [Step] {
        var steps: [Step] = []
        // Modes of subgraphs are spelled `updates|namespace`, and parts of `messages` as `messages/partial`.
        switch (frame.type.prefix { $0 != "|" && $0 != "/" }, json) {
        case ("error", let json?): complaint = Self.words(json)
        case ("tasks", let json?): task(json, &steps)
        case ("updates", let json?): updates(json, &steps)
        case ("values", let json?): values(json, of: frame.type, &steps)
        case ("messages", let json?):
            read(messages: json, &steps)
            if steps.isEmpty, let pulse = pulse(json, at: moment) { steps.append(pulse) }
        // What a node reports in words of its own is work.
        case ("custom", _?): steps.append((.stateDelta, Self.raw(frame, json).fields))
        default: steps.append(Self.raw(frame, json))
        }
        return steps
    }

    private mutating func task(_ json: JSONValue, _ steps: inout [Step]) {
        guard run != nil else { return }
        reportsTasks = true
        let name = json["name"] ?? "task"
        guard json["result"] != nil || json["error"] != nil else {
            steps.append((.stepStarted, ["stepName": name]))
            return
        }
        if json["interrupts"]?.array?.isEmpty == false { asksPerson = true }
        read(messages: json["result"]?["messages"], &steps)
        steps.append((.stepFinished, ["stepName": name]))
    }

    private mutating func updates(_ json: JSONValue, _ steps: inout [Step]) {
        guard run != nil else { return }
        for member in json.object?.members ?? [] {
            if member.name == "__interrupt__" {
                asksPerson = true
                continue
            }
            read(messages: member.value["messages"], &steps)
            // Where no tasks are streamed, an update is the only word about the node that made it.
            if !reportsTasks { steps.append((.stepFinished, ["stepName": .string(member.name)])) }
        }
    }

    private mutating func values(_ json: JSONValue, of type: String, _ steps: inout [Step]) {
        guard run != nil else { return }
        if json["__interrupt__"]?.array?.isEmpty == false { asksPerson = true }
        guard baselines.insert(type).inserted else {
            read(messages: json["messages"], &steps)
            if steps.isEmpty { steps.append((.stateSnapshot, [:])) }
            return
        }
        for message in json["messages"]?.array ?? [] { known.formUnion(Self.keys(of: message)) }
    }

    /// Reports the tool calls, results and messages of a list, each once.
    private mutating func read(messages: JSONValue?, _ steps: inout [Step]) {
        guard run != nil else { return }
        for message in messages?.array ?? [] {
            for call in message["tool_calls"]?.array ?? [] { begin(call, of: message, &steps) }
            if let call = message["tool_call_id"]?.string {
                end(call, message, &steps)
            } else if let type = message["type"]?.string, type.hasPrefix("ai") || type == "AIMessageChunk",
                let id = message["id"]?.string, isNew("said \(id)")
            {
                steps.append((.textMessageStart, ["messageId": .string(id), "role": "assistant"]))
            }
        }
    }

    private mutating func begin(_ call: JSONValue, of message: JSONValue, _ steps: inout [Step]) {
        guard let id = call["id"]?.string, isNew(Self.key(of: id, in: message)),
            startedCalls.insert(id).inserted
        else { return }
        steps.append(
            (.toolCallStart, ["toolCallId": .string(id), "toolCallName": call["name"] ?? "tool"]))
    }

    private mutating func end(_ call: String, _ message: JSONValue, _ steps: inout [Step]) {
        guard isNew(Self.resultKey(of: call, in: message)), endedCalls.insert(call).inserted else { return }
        // The call itself may have been made in an earlier run, or told in a mode that this stream lacks.
        if startedCalls.insert(call).inserted {
            steps.append(
                (.toolCallStart, ["toolCallId": .string(call), "toolCallName": message["name"] ?? "tool"]))
        }
        var fields: JSONObject = ["toolCallId": .string(call)]
        fields.set("messageId", message["id"]?.string)
        // LangChain's ToolMessage has `status: success | error`; AG-UI has no word for it.
        if message["status"]?.string == "error" { fields["content"] = "error" }
        steps.append((.toolCallResult, fields))
    }

    /// A piece of a message that was reported already: a sign of life, one in five seconds.
    private mutating func pulse(_ json: JSONValue, at moment: Timestamp) -> Step? {
        guard run != nil, let id = json.array?.first?["id"]?.string,
            pulsedAt.map({ moment.since($0) >= Self.pulse }) ?? true
        else { return nil }
        pulsedAt = moment
        return (.textMessageContent, ["messageId": .string(id)])
    }

    private mutating func isNew(_ key: String) -> Bool {
        known.count < 2 * Self.maximumKnown && known.insert(key).inserted
    }

    /// The keys of all that a message reports.
    private static func keys(of message: JSONValue) -> [String] {
        var keys = (message["tool_calls"]?.array ?? []).compactMap { call in
            call["id"]?.string.map { key(of: $0, in: message) }
        }
        if let call = message["tool_call_id"]?.string { keys.append(resultKey(of: call, in: message)) }
        if let id = message["id"]?.string { keys.append("said \(id)") }
        return keys
    }

    /// Ids of calls are used again by some models; those of messages are not.
    private static func key(of call: String, in message: JSONValue) -> String {
        "call \(message["id"]?.string ?? "") \(call)"
    }

    private static func resultKey(of call: String, in message: JSONValue) -> String {
        "result \(message["id"]?.string ?? "") \(call)"
    }

    /// A frame that has no word in AG-UI: kept whole in size and name, without its payload.
    private static func raw(_ frame: ServerSentEvent, _ json: JSONValue?) -> Step {
        var inner: JSONObject = ["event": .string(frame.type), "bytes": .integer(Int64(frame.data.count))]
        inner.set("name", json?["name"]?.string)
        inner.set("kind", json?["event"]?.string)
        return (.raw, ["source": "langgraph", "event": .object(inner)])
    }

    private static func words(_ json: JSONValue) -> String {
        let words = [json["error"]?.string, json["message"]?.string].compactMap { $0 }
        return String((words.isEmpty ? json.text : words.joined(separator: ": ")).prefix(200))
    }
}
