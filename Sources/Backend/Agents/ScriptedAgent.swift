import WireProtocol

/// An agent that plans, calls real tools and answers, the same for the same seed and prompt.
///
/// Its events are AG-UI 1.0. A tool that fails gives an error result and the run
/// goes on; a dispatcher that has no tools fails the first call and ends the run.
struct ScriptedAgent: Sendable {
    /// The name in routes and snapshots.
    static let name = "assistant"

    let pace: AgentPace
    let seed: UInt64

    /// One step of a plan.
    struct ToolCall: Equatable, Sendable {
        let tool: String
        let arguments: JSONObject
        let reason: String
    }

    /// Sends one event of the run.
    typealias Emit = @Sendable (EventType, JSONObject) -> Void

    /// What the agent will do for a prompt: none to three calls.
    func plan(for prompt: String) -> [ToolCall] {
        var random = SeededGenerator(seed: seed, prompt)
        return (0..<Int.random(in: 0...3, using: &random)).map { _ in call(&random) }
    }

    private func call(_ random: inout SeededGenerator) -> ToolCall {
        let (a, b) = (Int.random(in: 2...99, using: &random), Int.random(in: 2...99, using: &random))
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
            return ToolCall(
                tool: Calculate.name, arguments: ["expression": .string("(\(a)+\(b))*\(b)")],
                reason: "the sum first")
        case 1:
            let words = ["dispatcher", "factory", "evidence", "leaked", "migration"]
            return ToolCall(
                tool: SearchCorpus.name, arguments: ["query": .string(words[a % words.count])],
                reason: "the handbook may know")
        case 2: return ToolCall(tool: CurrentTime.name, arguments: [:], reason: "what time it is")
        case 3:
            return ToolCall(
                tool: QueryJSON.name,
                arguments: ["document": ["rows": [["n": .integer(Int64(a))]]], "pointer": "/rows/0/n"],
                reason: "the first row")
        case 4:
            let wanted = Int.random(in: pace.slowToolMilliseconds, using: &random)
            return ToolCall(
                tool: SlowReport.name, arguments: ["milliseconds": .integer(Int64(wanted))],
                reason: "a report takes a moment")
        default:
            return ToolCall(
                tool: FlakyLookup.name, arguments: ["key": .string("item-\(a)")], reason: "look it up")
        }
    }

    /// Runs once, from the first thought to the answer; RUN_STARTED and the end are the caller's.
    ///
    /// - Parameter tag: Begins every id of a message or call, so that no two runs share one.
    /// - Returns: nil when all went well, else why the run must end in an error.
    func run(_ prompt: String, tag: String, dispatcher: ToolDispatcher, emit: Emit) async throws -> String? {
        var random = SeededGenerator(seed: seed &+ 1, prompt)
        let calls = plan(for: prompt)
        try await think(&random)
        reason(calls.isEmpty ? "I can answer at once" : "I need \(calls.count) tools", tag, emit)
        var answers: [String] = []
        for (index, call) in calls.enumerated() {
            try await think(&random)
            answers.append(try await execute(call, id: "\(tag)-call-\(index + 1)", dispatcher, emit))
            if dispatcher.isHollow { break }
        }
        if dispatcher.isHollow { return "\(ToolError.nothingToDispatchWith)" }
        try await think(&random)
        let id = JSONValue.string(tag + "-message-1")
        emit(.textMessageStart, ["messageId": id, "role": "assistant"])
        let text = answers.isEmpty ? "Done without a tool." : "Found: " + answers.joined(separator: "; ")
        emit(.textMessageContent, ["messageId": id, "delta": .string(text)])
        emit(.textMessageEnd, ["messageId": id])
        return nil
    }

    private func reason(_ text: String, _ tag: String, _ emit: Emit) {
        let id = JSONValue.string(tag + "-reasoning-1")
        emit(.reasoningStart, ["messageId": id])
        emit(.reasoningMessageStart, ["messageId": id, "role": "reasoning"])
        emit(.reasoningMessageContent, ["messageId": id, "delta": .string(text)])
        emit(.reasoningMessageEnd, ["messageId": id])
        emit(.reasoningEnd, ["messageId": id])
    }

    private func execute(
        _ call: ToolCall, id: String, _ dispatcher: ToolDispatcher, _ emit: Emit
    ) async throws -> String {
        emit(.toolCallStart, ["toolCallId": .string(id), "toolCallName": .string(call.tool)])
        emit(
            .toolCallArgs,
            ["toolCallId": .string(id), "delta": .string(JSONValue.object(call.arguments).text)])
        emit(.toolCallEnd, ["toolCallId": .string(id)])
        var result: String
        do throws(ToolError) { result = try await dispatcher.execute(call.tool, call.arguments) } catch {
            if error == .cancelled { throw CancellationError() }
            result = "error: \(error)"
        }
        emit(
            .toolCallResult,
            [
                "messageId": .string(id + "-result"), "toolCallId": .string(id), "content": .string(result),
                "role": "tool",
            ])
        return result
    }

    private func think(_ random: inout SeededGenerator) async throws {
        try Task.checkCancellation()
        let pause = Int.random(in: pace.thinkingMilliseconds, using: &random)
        if pause > 0 { try await Task.sleep(for: .milliseconds(pause)) }
    }
}
