import WireProtocol

/// One event of a session of ADK, as `GET /apps/{app}/users/{user}/sessions/{id}` lists it.
struct ADKEvent {
    let id: String
    let invocation: String
    let author: String
    /// When the model was asked, or for all else when it happened.
    let moment: StoredRun.Moment
    let error: String?
    let calls: [(id: String, name: String)]
    let responses: [(id: String, name: String, failure: String?)]
    /// The calls whose answer comes from outside: a person, or a job that goes on.
    let longRunning: Set<String>
    /// The calls that a person has to confirm before they are made.
    let toConfirm: Set<String>
    /// Whether it ends the work of its agent although it holds a response.
    let skipsSummary: Bool
    let hasContent: Bool
    /// Whether an agent speaks in it: words, or a picture.
    let hasWords: Bool
    let isFinished: Bool
    private let isPartial: Bool
    private let endsInCode: Bool
    /// The agent's place among the nodes of the app, such as `shop@1`; empty in a workflow agent.
    let node: String

    init?(json: JSONValue, at arrival: Timestamp) {
        guard let invocation = json["invocationId"]?.string else { return nil }
        self.invocation = invocation
        author = json["author"]?.string ?? ""
        moment = PlausibleTime.moment(json["timestamp"], at: arrival)
        let parts = json["content"]?["parts"]?.array ?? []
        calls = parts.compactMap { part in
            guard let call = part["functionCall"] else { return nil }
            let name = call["name"]?.string ?? "tool"
            return (call["id"]?.string ?? name, name)
        }
        responses = parts.compactMap { part in
            guard let response = part["functionResponse"] else { return nil }
            let name = response["name"]?.string ?? "tool"
            return (response["id"]?.string ?? name, name, Self.failure(response["response"]))
        }
        let code = json["errorCode"]?.string
        error = json["errorMessage"]?.string ?? code
        longRunning = Set((json["longRunningToolIds"]?.array ?? []).compactMap(\.string))
        let actions = json["actions"]
        let confirmations = actions?["requestedToolConfirmations"]?.object?.members ?? []
        let credentials = actions?["requestedAuthConfigs"]?.object?.members ?? []
        toConfirm = Set((confirmations + credentials).map(\.name))
        skipsSummary = actions?["skipSummarization"]?.bool == true
        hasContent = !parts.isEmpty
        hasWords = parts.contains { $0["functionCall"] == nil && $0["functionResponse"] == nil }
        isFinished = json["finishReason"]?.string != nil
        isPartial = json["partial"]?.bool == true
        endsInCode = parts.last?["codeExecutionResult"] != nil
        node = json["nodeInfo"]?["path"]?.string ?? ""
        id = json["id"]?.string ?? "\(invocation) \(moment.at.milliseconds)"
    }

    /// What a tool says of its own failure: an `error`, or the status that ADK's manual recommends.
    private static func failure(_ response: JSONValue?) -> String? {
        func words(_ json: JSONValue?) -> String? {
            guard let json, json != .null, json != .bool(false) else { return nil }
            let text = json.string ?? String(decoding: json.serialized, as: UTF8.self)
            return text.isEmpty ? nil : text
        }
        if let error = words(response?["error"]) { return error }
        guard response?["status"]?.string?.lowercased() == "error" else { return nil }
        return words(response?["error_message"]) ?? words(response?["message"]) ?? "error"
    }

    var isUsers: Bool { author == "user" }

    /// Whether it says how far the run is; others only change state, or are pieces of one that follows.
    var isTelling: Bool {
        !isPartial && (hasContent || error != nil || isFinished || skipsSummary || !longRunning.isEmpty)
    }

    /// ADK's own `Event.is_final_response()`.
    var isFinal: Bool {
        if skipsSummary || !longRunning.isEmpty { return true }
        if error != nil, calls.isEmpty { return true }
        return calls.isEmpty && responses.isEmpty && !endsInCode
    }

    /// Whether the app's root agent wrote it, so that no other agent follows.
    var isRoots: Bool {
        let name = node.prefix { $0 != "@" }
        return !node.contains("/") && !name.isEmpty && name == author
    }
}

/// One invocation of ADK, which is one run however many agents take part in it.
struct ADKInvocation {
    /// How it stands by its events alone.
    enum Standing: Hashable {
        case working
        /// For an answer from outside, and of which tools.
        case waiting([String])
        case failed(String)
        /// Its last agent has spoken its last word; whether another one follows is not written.
        case spoken
    }

    let id: String
    private(set) var events: [ADKEvent] = []
    /// The calls that were answered from outside, in this invocation or a later one.
    private let answered: Set<String>

    /// The invocations of a session, the one that began first leading.
    static func reading(_ session: JSONValue, at arrival: Timestamp) -> [ADKInvocation] {
        let events = (session["events"]?.array ?? []).compactMap { ADKEvent(json: $0, at: arrival) }
        let answered = Set(events.filter(\.isUsers).flatMap { $0.responses.map(\.id) })
        var order: [String] = []
        var found: [String: ADKInvocation] = [:]
        for event in events {
            if found[event.invocation] == nil { order.append(event.invocation) }
            found[event.invocation, default: ADKInvocation(id: event.invocation, answered: answered)]
                .events.append(event)
        }
        return order.compactMap { found[$0] }
    }

    private init(id: String, answered: Set<String>) {
        self.id = id
        self.answered = answered
    }

    private var last: ADKEvent? { events.last(where: \.isTelling) }

    /// The calls that are answered from outside, and what they are called.
    private var outside: [(id: String, name: String)] {
        let ids = events.reduce(into: Set<String>()) { $0.formUnion($1.longRunning) }
        return events.flatMap(\.calls).filter { ids.contains($0.id) }
    }

    /// The agents that spoke their last word, in order.
    var chain: [String] {
        events.reduce(into: []) { chain, event in
            let isLastWord = !event.isUsers && event.isTelling && event.isFinal
            if isLastWord, chain.last != event.author { chain.append(event.author) }
        }
    }

    /// Whether its last word is one that nothing follows.
    var isCertain: Bool { last?.isRoots == true }

    var standing: Standing {
        guard let last, !last.isUsers else { return .working }
        if let error = last.error, last.calls.isEmpty { return .failed(error) }
        guard last.isFinal else { return .working }
        let open = outside.filter { !answered.contains($0.id) }
        if open.isEmpty { return .spoken }
        let confirmed = events.reduce(into: Set<String>()) { $0.formUnion($1.toConfirm) }
        let names = events.flatMap(\.calls).filter { confirmed.contains($0.id) }.map(\.name)
        return .waiting(names.isEmpty ? open.map(\.name) : names)
    }

    /// The run of an invocation that stands as `state`.
    func run(_ state: RunRecord.State, of session: SessionRecord, at arrival: Timestamp) -> StoredRun {
        var record = RunRecord(id: RunID(rawValue: id))
        record.session = session.id
        record.user = session.user
        record.agent = events.last { !$0.isUsers && $0.isTelling }?.author
        record.state = state
        let start = events.first?.moment ?? StoredRun.Moment(at: arrival, isArrival: true)
        var run = StoredRun(record, startedAt: start)
        addSteps(to: &run)
        if case .waiting(let tools) = standing, state == .open, let moment = events.last?.moment {
            run.add(.asked(calls: outside.map(\.id), tools: tools), moment)
        }
        guard case .failed(let words) = standing, state == .failed, let moment = last?.moment else {
            return run
        }
        run.error = words
        run.endedAt = moment.at
        // Its tool raised: ADK ends the invocation in its place, and writes no response.
        for call in run.unanswered { run.add(.returned(id: call, failure: words), moment) }
        return run
    }

    /// What happened; a call from outside is a call when its answer has come, for until then nobody makes it.
    private func addSteps(to run: inout StoredRun) {
        let outside = Set(outside.map(\.id))
        let confirmed = events.reduce(into: Set<String>()) { $0.formUnion($1.toConfirm) }
        var open: Set<String> = []
        for event in events {
            if event.hasWords, !event.isUsers {
                run.add(.said(id: event.id), event.moment, isWhenAsked: true)
            }
            for call in event.calls
            where !outside.contains(call.id) && !confirmed.contains(call.id) && open.insert(call.id).inserted
            {
                run.add(.called(id: call.id, tool: call.name), event.moment, isWhenAsked: true)
            }
            for response in event.responses where !response.name.hasPrefix("adk_request_") {
                let isProvisional =
                    event.toConfirm.contains(response.id)
                    || outside.contains(response.id) && !event.isUsers
                if isProvisional { continue }
                if !open.contains(response.id) {
                    run.add(.called(id: response.id, tool: response.name), event.moment)
                }
                open.remove(response.id)
                run.add(.returned(id: response.id, failure: response.failure), event.moment)
            }
        }
    }
}
