import WireProtocol

/// One row of `GET /sessions/{id}/runs`.
struct AgnoRun {
    let stored: StoredRun
    let isPaused: Bool
    /// Whether a team's or a workflow's run made it, which then speaks for both.
    let isPartOfAnother: Bool

    init?(json: JSONValue, of session: SessionRecord, at arrival: Timestamp) {
        guard let id = json["run_id"]?.string else { return nil }
        let status = json["status"]?.string?.uppercased()
        isPaused = status == "PAUSED"
        isPartOfAnother = json["parent_run_id"]?.string?.isEmpty == false
        var record = RunRecord(id: RunID(rawValue: id))
        record.session = session.id
        record.user = session.user.rawValue.isEmpty ? nil : session.user
        record.agent = ["agent_id", "team_id", "workflow_id"].compactMap { json[$0]?.string }.first
        record.state = Self.state(status)
        let messages = (json["messages"]?.array ?? []).filter { $0["from_history"]?.bool != true }
        // A run that was continued has the time of that; its messages keep theirs.
        let stated = ([json["created_at"]] + messages.map { $0["created_at"] })
            .compactMap { PlausibleTime.timestamp($0, now: arrival) }.min()
        var run = StoredRun(
            record, startedAt: .init(at: stated ?? arrival, isArrival: stated == nil))
        let tools = json["tools"]?.array ?? []
        let held = isPaused ? Self.held(tools) : []
        Self.add(messages, tools, held: held, to: &run, at: arrival)
        if isPaused {
            run.add(.asked(calls: held.map(\.id), tools: held.map(\.name)), Self.lastMoment(of: run))
        }
        if let seconds = json["metrics"]?["duration"]?.double, (0..<1e9).contains(seconds), stated != nil {
            run.measure(.milliseconds(Int64(seconds * 1000)), at: arrival)
        }
        if record.state == .failed {
            run.error = json["content"]?.string.map { String($0.prefix(200)) } ?? "error"
        }
        stored = run
    }

    /// Run states of agno: PENDING, RUNNING, PAUSED, COMPLETED, CANCELLED, ERROR, REGENERATED.
    private static func state(_ status: String?) -> RunRecord.State {
        switch status {
        case "PENDING", "RUNNING", "PAUSED": .open
        case "COMPLETED", "REGENERATED": .completed
        case "CANCELLED": .cancelled
        case "ERROR": .failed
        default: .unknown
        }
    }

    /// The calls that a paused run waits with: for a person, or for somebody else to make them.
    private static func held(_ tools: [JSONValue]) -> [(id: String, name: String)] {
        let reasons = ["requires_confirmation", "requires_user_input", "external_execution_required"]
        return tools.compactMap { tool in
            guard tool["result"]?.string == nil, reasons.contains(where: { tool[$0]?.bool == true }),
                let id = tool["tool_call_id"]?.string
            else { return nil }
            return (id, tool["tool_name"]?.string ?? "tool")
        }
    }

    private static func lastMoment(of run: StoredRun) -> StoredRun.Moment {
        run.steps.map(\.moment).max { $0.at < $1.at } ?? run.startedAt
    }

    /// The steps of its messages; a call that waits is a call when it is made.
    private static func add(
        _ messages: [JSONValue], _ tools: [JSONValue], held: [(id: String, name: String)],
        to run: inout StoredRun, at arrival: Timestamp
    ) {
        var measured: [String: JSONValue] = [:]
        for tool in tools {
            if let id = tool["tool_call_id"]?.string { measured[id] = tool["metrics"] }
        }
        for message in messages {
            let moment = PlausibleTime.moment(message["created_at"], at: arrival)
            func measure(_ call: String, _ name: String) -> StoredRun.Moment {
                PlausibleTime.timestamp(measured[call]?[name], now: arrival).map { StoredRun.Moment(at: $0) }
                    ?? moment
            }
            for call in message["tool_calls"]?.array ?? [] {
                guard let id = call["id"]?.string, !held.contains(where: { $0.id == id }) else { continue }
                let name = call["function"]?["name"]?.string ?? "tool"
                run.add(.called(id: id, tool: name), measure(id, "start_time"))
            }
            if let id = message["tool_call_id"]?.string {
                let words = message["content"]?.string ?? "failed"
                run.add(
                    .returned(id: id, failure: message["tool_call_error"]?.bool == true ? words : nil),
                    measure(id, "end_time"))
            } else if message["role"]?.string == "assistant",
                message["tool_calls"]?.array?.isEmpty != false
            {
                run.add(.said(id: message["id"]?.string ?? "\(run.steps.count)"), moment)
            }
        }
    }
}

extension StoredRun {
    /// Takes how long the server measured: finer than its messages, which are dated by the whole second.
    fileprivate mutating func measure(_ duration: Duration, at arrival: Timestamp) {
        let last = steps.map(\.moment.at).max() ?? startedAt.at
        // It began within the second that is stated, and its last step is within it. What was continued after
        // a pause measures the last stretch alone.
        let earliest = last + (.zero - duration)
        if earliest > startedAt.at, earliest < startedAt.at + .seconds(1) { startedAt.at = earliest }
        let ended = startedAt.at + duration
        if ended <= arrival + PlausibleTime.tolerance { endedAt = max(ended, last) }
        var before = startedAt.at
        for index in steps.indices {
            before = max(before, steps[index].moment.at)
            steps[index].moment.at = before
        }
    }
}
