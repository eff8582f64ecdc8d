import WireProtocol

/// How an agent's work in one run ended, unless it was cancelled.
enum AgentOutcome: Equatable, Sendable {
    /// It is done; the calls named here are left to the client's own tools.
    case completed(pendingCalls: [String])
    /// It waits for an answer and goes on in the run that brings one.
    case interrupted(AgentInterrupt)
    /// It cannot go on, for this reason.
    case failed(String)
}

/// A question an agent ended its run with, and where it goes on (AG-UI `Interrupt`).
struct AgentInterrupt: Equatable, Sendable {
    let id: String
    /// The call that is asked about: its id, its tool, and its place in the plan.
    let call: String
    let tool: String
    let place: Int
    /// What the plan was made from.
    let prompt: String

    /// What a person reads.
    var question: String { "May I call \(tool)?" }

    /// The event's spelling; the answer is `{"approved": true}` or false.
    var json: JSONValue {
        [
            "id": .string(id), "reason": "tool_approval", "message": .string(question),
            "toolCallId": .string(call),
            "responseSchema": [
                "type": "object", "properties": ["approved": ["type": "boolean"]], "required": ["approved"],
            ],
        ]
    }
}

/// What a run would have cost: AG-UI's TokenUsage, of the one model there is.
struct AgentUsage: Equatable, Sendable {
    private(set) var input = 0
    private(set) var output = 0
    private(set) var reasoning = 0

    /// How many tokens a text is: one for each four bytes begun, which is near enough for English.
    private static func tokens(_ text: String) -> Int { (text.utf8.count + 3) / 4 }

    mutating func read(_ text: String) { input += Self.tokens(text) }
    mutating func wrote(_ text: String) { output += Self.tokens(text) }

    /// Reasoning is part of the output, not in addition to it.
    mutating func thought(_ text: String) {
        reasoning += Self.tokens(text)
        wrote(text)
    }

    /// The `usage` of a run's last event.
    var json: JSONValue {
        [
            [
                "provider": "ctxtop", "model": "scripted", "inputTokens": .integer(Int64(input)),
                "outputTokens": .integer(Int64(output)), "totalTokens": .integer(Int64(input + output)),
                "reasoningTokens": .integer(Int64(reasoning)),
            ]
        ]
    }
}
