import WireProtocol

/// What a client asks an agent to do: AG-UI's RunAgentInput, as far as the scripted agent reads it.
struct RunInput: Equatable {
    /// The conversation; a new one when absent.
    var thread: SessionID?
    /// The run's id; a new one when absent.
    var run: RunID?
    /// The last user message.
    var prompt: String

    /// Reads `{threadId?, runId?, messages}` or `{prompt}`.
    ///
    /// - Throws: what is missing, in words.
    init(_ json: JSONObject) throws(RunInputError) {
        thread = json.id("threadId")
        run = json.id("runId")
        let asked = json["messages"]?.array?.last { $0["role"]?.string == "user" }?["content"]
        guard let text = json.string("prompt") ?? asked?.string ?? asked?.array?.first?["text"]?.string else {
            throw .noPrompt
        }
        guard (thread?.rawValue.utf8.count ?? 0) <= 200, (run?.rawValue.utf8.count ?? 0) <= 200 else {
            throw .longIdentifier
        }
        prompt = text
    }
}

/// Why an input was refused.
enum RunInputError: Error, Equatable, CustomStringConvertible {
    case noPrompt, longIdentifier

    var description: String {
        switch self {
        case .noPrompt: "messages: the last message of role \"user\" with a text as content is missing"
        case .longIdentifier: "threadId and runId may have 200 bytes"
        }
    }
}
