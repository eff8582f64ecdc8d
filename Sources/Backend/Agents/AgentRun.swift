import WireProtocol

/// One run of a scripted agent: what it says, thinks and calls, as AG-UI 1.0 events.
///
/// RUN_STARTED and the last event are the caller's. With a shared state the plan
/// and each call's progress go into it too (STATE_*, STEP_*).
struct AgentRun {
    let agent: ScriptedAgent
    let input: RunInput
    /// The question that the run goes on from, and whether the answer was yes.
    let answered: (interrupt: AgentInterrupt, isApproved: Bool)?
    /// Begins every id of a message or call, so that no two runs share one.
    let tag: String
    let dispatcher: ToolDispatcher
    let emit: ScriptedAgent.Emit
    /// What the run has cost so far.
    private(set) var usage = AgentUsage()
    private var random: SeededGenerator
    private var answers: [String] = []
    private let sharesState: Bool

    init(
        _ agent: ScriptedAgent, _ input: RunInput,
        answered: (interrupt: AgentInterrupt, isApproved: Bool)?, tag: String, dispatcher: ToolDispatcher,
        emit: @escaping ScriptedAgent.Emit
    ) {
        self.agent = agent
        self.input = input
        self.answered = answered
        self.tag = tag
        self.dispatcher = dispatcher
        self.emit = emit
        random = SeededGenerator(seed: agent.seed &+ 1, answered?.interrupt.prompt ?? input.prompt)
        sharesState = input.state?.object != nil
    }

    /// Runs from the first thought to the answer, a question or a client's call.
    mutating func run() async throws -> AgentOutcome {
        let prompt = answered?.interrupt.prompt ?? input.prompt
        let calls = input.clientAnswer == nil ? agent.plan(for: prompt) : []
        usage.read(prompt)
        share(calls)
        try await think()
        reason(calls.isEmpty ? "I can answer at once" : "I need \(calls.count) tools")
        for (place, call) in calls.enumerated().dropFirst(answered?.interrupt.place ?? 0) {
            try await think()
            let id = "\(tag)-call-\(place + 1)"
            switch permission(for: call, at: place) {
            case .yes: answers.append(try await execute(call, id: id, at: place))
            case .no:
                progress(place, "declined")
                answers.append("\(call.tool) was declined")
            case .ask:
                let interrupt = AgentInterrupt(
                    id: id + "-approval", call: id, tool: call.tool, place: place, prompt: prompt)
                say(answers + [interrupt.question])
                return .interrupted(interrupt)
            }
            if dispatcher.isHollow { return .failed("\(ToolError.nothingToDispatchWith)") }
        }
        if calls.isEmpty, dispatcher.isHollow { return .failed("\(ToolError.nothingToDispatchWith)") }
        try await think()
        if let tool = clientTool(in: prompt) { return .completed(pendingCalls: [callClient(tool, prompt)]) }
        if let answer = input.clientAnswer {
            usage.read(answer)
            answers.append("you answered " + answer.prefix(1000))
        }
        say(answers.isEmpty ? ["Done without a tool."] : answers)
        return .completed(pendingCalls: [])
    }

    private mutating func think() async throws {
        try Task.checkCancellation()
        let pause = Int.random(in: agent.pace.thinkingMilliseconds, using: &random)
        if pause > 0 { try await Task.sleep(for: .milliseconds(pause)) }
    }

    private mutating func reason(_ text: String) {
        let id = JSONValue.string(tag + "-reasoning-1")
        usage.thought(text)
        emit(.reasoningStart, ["messageId": id])
        emit(.reasoningMessageStart, ["messageId": id, "role": "reasoning"])
        emit(.reasoningMessageContent, ["messageId": id, "delta": .string(text)])
        emit(.reasoningMessageEnd, ["messageId": id])
        emit(.reasoningEnd, ["messageId": id])
    }

    /// The answer, streamed piece by piece.
    private mutating func say(_ pieces: [String]) {
        let id = JSONValue.string(tag + "-message-1")
        emit(.textMessageStart, ["messageId": id, "role": "assistant"])
        for (index, piece) in pieces.enumerated() {
            let text = (index == 0 ? "" : "; ") + piece
            usage.wrote(text)
            emit(.textMessageContent, ["messageId": id, "delta": .string(text)])
        }
        emit(.textMessageEnd, ["messageId": id])
    }
}

// MARK: Tools

extension AgentRun {
    private enum Permission { case yes, no, ask }

    private func permission(for call: ScriptedAgent.ToolCall, at place: Int) -> Permission {
        if let answered, answered.interrupt.place == place { return answered.isApproved ? .yes : .no }
        guard input.askBefore.contains(call.tool) else { return .yes }
        return input.canAsk ? .ask : .no
    }

    private mutating func execute(
        _ call: ScriptedAgent.ToolCall, id: String, at place: Int
    ) async throws -> String {
        let step = JSONValue.string("\(place + 1) \(call.tool)")
        if sharesState { emit(.stepStarted, ["stepName": step]) }
        progress(place, "running")
        begin(call.tool, call.arguments, id: id)
        var (result, wasCancelled, status) = ("", false, "done")
        do throws(ToolError) { result = try await dispatcher.execute(call.tool, call.arguments) } catch {
            (result, wasCancelled, status) = ("error: \(error)", error == .cancelled, "failed")
        }
        usage.read(result)
        emit(
            .toolCallResult,
            [
                "messageId": .string(id + "-result"), "toolCallId": .string(id), "content": .string(result),
                "role": "tool",
            ])
        progress(place, status)
        if sharesState { emit(.stepFinished, ["stepName": step]) }
        if wasCancelled { throw CancellationError() }
        return result
    }

    private mutating func begin(_ tool: String, _ arguments: JSONObject, id: String) {
        let text = JSONValue.object(arguments).text
        usage.wrote(text)
        emit(.toolCallStart, ["toolCallId": .string(id), "toolCallName": .string(tool)])
        emit(.toolCallArgs, ["toolCallId": .string(id), "delta": .string(text)])
        emit(.toolCallEnd, ["toolCallId": .string(id)])
    }

    /// The client's tool that the prompt names, unless its answer is what the run goes on from.
    private func clientTool(in prompt: String) -> ClientTool? {
        input.clientAnswer == nil ? input.clientTools.first { prompt.contains($0.name) } : nil
    }

    /// Begins a call that the client carries out; its result comes with the next run's messages.
    private mutating func callClient(_ tool: ClientTool, _ prompt: String) -> String {
        if !answers.isEmpty { say(answers) }
        let id = tag + "-client-call-1"
        begin(tool.name, tool.arguments(for: prompt), id: id)
        return id
    }
}

extension ClientTool {
    /// Arguments of the declared types: the prompt for texts, 1 for numbers, true for truth values.
    func arguments(for prompt: String) -> JSONObject {
        var arguments = JSONObject()
        for property in parameters?["properties"]?.object?.members ?? [] {
            switch property.value["type"]?.string {
            case "string": arguments[property.name] = .string(String(prompt.prefix(200)))
            case "number", "integer": arguments[property.name] = 1
            case "boolean": arguments[property.name] = true
            default: break
            }
        }
        return arguments
    }
}

// MARK: Shared state

extension AgentRun {
    /// Gives the client its state back with the plan in it.
    private func share(_ calls: [ScriptedAgent.ToolCall]) {
        guard let state = input.state else { return }
        guard var shared = state.object else { return emit(.stateSnapshot, ["snapshot": state]) }
        shared["plan"] = .array(
            calls.enumerated().map { place, call in
                let isPast = place < (answered?.interrupt.place ?? 0)
                return ["tool": .string(call.tool), "status": isPast ? "done" : "pending"]
            })
        emit(.stateSnapshot, ["snapshot": .object(shared)])
    }

    /// Changes one call's status in the shared plan (RFC 6902).
    private func progress(_ place: Int, _ status: String) {
        guard sharesState else { return }
        emit(
            .stateDelta,
            [
                "delta": [
                    ["op": "replace", "path": .string("/plan/\(place)/status"), "value": .string(status)]
                ]
            ])
    }
}
