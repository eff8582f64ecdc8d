import WireProtocol

/// What a client asks an agent to do: AG-UI's RunAgentInput, as far as the scripted agent reads it.
struct RunInput: Equatable, Sendable {
    /// The conversation; a new one when absent.
    var thread: SessionID?
    /// The run's id; a new one when absent.
    var run: RunID?
    /// The run that spawned this one, given back in RUN_STARTED.
    var parentRun: RunID?
    /// The last user message; empty only for a run that resumes another.
    var prompt: String
    /// The state that client and agent share; none when absent, null or `{}`, which clients send by habit.
    var state: JSONValue?
    /// The tools that the client offers to carry out itself.
    var clientTools: [ClientTool] = []
    /// What a client's own tool returned, when that is what the run goes on from.
    var clientAnswer: String?
    /// The agent's tools that the client wants to be asked about before each call: `forwardedProps.askBefore`.
    var askBefore: Set<String> = []
    /// Whether somebody is there to be asked; a background job has nobody.
    var canAsk = true
    /// The answers to the interrupt that the last run ended with.
    var resume: [InterruptAnswer] = []
    /// Where the run belongs in the caller's trace.
    var trace: TraceContext?

    /// A run that does nothing but answer a prompt.
    init(prompt: String, run: RunID? = nil) {
        self.prompt = prompt
        self.run = run
    }

    /// Reads `{threadId?, runId?, messages, state?, tools?, resume?, forwardedProps?}` or `{prompt}`.
    ///
    /// - Throws: what is missing or of the wrong type, in words.
    init(_ json: JSONObject) throws(RunInputError) {
        let messages = try Self.list("messages", in: json)
        let asked = messages.last { $0["role"]?.string == "user" }?["content"]
        resume = try Self.list("resume", in: json).map(InterruptAnswer.init)
        let text = json.string("prompt") ?? asked?.string ?? asked?.array?.firstText
        guard let prompt = text ?? (resume.isEmpty ? nil : "") else { throw .noPrompt }
        self.prompt = prompt
        thread = try json.identifier("threadId")
        run = try json.identifier("runId")
        parentRun = try json.identifier("parentRunId")
        state = json["state"].flatMap { $0 == .null || $0.object?.members.isEmpty == true ? nil : $0 }
        guard (state?.serialized.count ?? 0) <= Self.longestState else { throw .largeState }
        clientTools = try Self.list("tools", in: json).map(ClientTool.init)
        if let answer = messages.last, answer["role"]?.string == "tool" {
            clientAnswer = answer["content"]?.string ?? answer["content"]?.array?.firstText
        }
        askBefore = Set(json["forwardedProps"]?.object?.strings("askBefore") ?? [])
    }

    /// How large a shared state may be, in bytes: it comes back in events, and 2,000 of them are kept.
    static let longestState = 64 << 10

    private static func list(_ name: String, in json: JSONObject) throws(RunInputError) -> [JSONValue] {
        guard let value = json[name], value != .null else { return [] }
        guard let array = value.array, array.allSatisfy({ $0.object != nil }) else {
            throw .wrongType(name, "an array of objects")
        }
        return array
    }

}

/// A tool that the client carries out itself (AG-UI `Tool`).
struct ClientTool: Equatable, Sendable {
    let name: String
    /// The JSON Schema of its arguments, as it was sent.
    let parameters: JSONValue?

    init(_ json: JSONValue) throws(RunInputError) {
        guard let name = json["name"]?.string, !name.isEmpty else {
            throw .wrongType("tools", "objects with a name")
        }
        guard IdentifierRule.accepts(name) else {
            throw .wrongType("tools", "each name must be \(IdentifierRule.wanted)")
        }
        self.name = name
        parameters = json["parameters"]
    }
}

/// One answer to an interrupt (AG-UI `ResumeEntry`).
struct InterruptAnswer: Equatable, Sendable {
    let interrupt: String
    /// Whether the user agreed: resolved, and the payload does not say `"approved": false`.
    let isApproved: Bool

    init(_ json: JSONValue) throws(RunInputError) {
        guard let id = json["interruptId"]?.string, let status = json["status"]?.string,
            ["resolved", "cancelled"].contains(status)
        else {
            throw .wrongType("resume", "objects with interruptId and status \"resolved\" or \"cancelled\"")
        }
        guard IdentifierRule.accepts(id) else {
            throw .wrongType("resume", "each interruptId must be \(IdentifierRule.wanted)")
        }
        interrupt = id
        isApproved = status == "resolved" && json["payload"]?["approved"]?.bool != false
    }
}

extension [JSONValue] {
    /// The text of the first text part of a message's content.
    fileprivate var firstText: String? {
        first { $0["type"]?.string ?? "text" == "text" && $0["text"]?.string != nil }?["text"]?.string
    }
}

/// Why an input was refused.
enum RunInputError: Error, Equatable, CustomStringConvertible {
    case noPrompt, largeState
    case wrongType(String, String)

    var description: String {
        switch self {
        case .noPrompt: "messages: the last message of role \"user\" with a text as content is missing"
        case .largeState: "state: at most \(RunInput.longestState) bytes"
        case .wrongType(let name, let wanted): "\(name): \(wanted)"
        }
    }
}
