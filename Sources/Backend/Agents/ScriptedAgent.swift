import WireProtocol

/// An agent that plans, calls real tools and answers, the same for the same seed and prompt.
///
/// ``AgentRun`` carries a plan out. A tool that fails gives an error result and the
/// run goes on; a dispatcher that has no tools fails the first call and ends the run.
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
}
