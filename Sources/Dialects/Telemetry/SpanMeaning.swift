import WireProtocol

/// What a span means in this product's words, whichever SDK wrote it.
///
/// Made by ``TelemetrySpan/meaning``. The tree reads nothing else of a span but its ids and times.
struct SpanMeaning: Hashable, Sendable {
    /// What a span is to an agent.
    enum Kind: Hashable, Sendable {
        /// One agent's work from its request to its answer.
        case agent
        /// Several agents or steps under one name: a workflow, graph, team, crew, swarm or pipeline.
        case workflow
        /// A part of a program that an SDK names a chain or a task; owns a run only where nothing above it does.
        case chain
        /// A tool call, on either side of a protocol.
        case tool
        /// One agent passes the conversation to another.
        case handoff
        /// One call of a model.
        case model
        /// One call of an embedding model.
        case embedding
        /// Anything else, such as an HTTP request or a query.
        case other
    }

    /// How the work ended.
    enum Outcome: Hashable, Sendable {
        case succeeded
        /// Why, in words: the error's type and message where both are known.
        case failed(String)
        /// It stopped to wait for a person, as LangGraph's `GraphInterrupt` does.
        case waiting
        /// It was cancelled, as asyncio's `CancelledError` tells.
        case cancelled
    }

    /// A span that was sent when it began, as logfire does; the finished span of the same id follows.
    struct Pending: Hashable, Sendable {
        /// The id of the span that has begun.
        let spanID: String
        /// The id of that span's parent; empty at the root.
        let parentID: String
    }

    /// The tokens of one model call, or the sum that an agent gives.
    struct Usage: Hashable, Sendable {
        var input: Int64?
        var output: Int64?
        /// The part of `input` that was read from a cache.
        var cachedInput: Int64?
        /// The part of `output` that the model spent on reasoning.
        var reasoning: Int64?
        /// In US dollars, as the sender computed it.
        var cost: Double?
        var model: String?
        var provider: String?
    }

    var kind = Kind.other
    /// The conversation's id; nil when the span names none.
    var session: String?
    /// The user's id; nil when the span names none.
    var user: String?
    /// The agent's, workflow's or handoff target's name; nil when the span names none.
    var agent: String?
    /// The tool's name, of a tool span.
    var tool: String?
    /// The model's id of the tool call; nil when the span has none.
    var callID: String?
    /// The arguments of the tool call as the sender wrote them; nil when it keeps them back.
    var arguments: String?
    var usage: Usage?
    var outcome = Outcome.succeeded
    /// Set for a span that has begun and not ended.
    var pending: Pending?
}

extension TelemetrySpan {
    /// What it means.
    var meaning: SpanMeaning {
        var meaning = SpanMeaning()
        meaning.kind =
            switch kind {
            case .agent: .agent
            case .tool: .tool
            case .model: .model
            case .other: .other
            }
        (meaning.session, meaning.user, meaning.agent, meaning.tool) = (session, user, agent, tool)
        meaning.callID = text("gen_ai.tool.call.id", "tool_call.id")
        meaning.arguments = text("gen_ai.tool.call.arguments")
        if let complaint { meaning.outcome = .failed(complaint) }
        if let usage {
            var counted = SpanMeaning.Usage()
            (counted.input, counted.output) = (usage["inputTokens"]?.integer, usage["outputTokens"]?.integer)
            (counted.model, counted.provider) = (usage["model"]?.string, usage["provider"]?.string)
            meaning.usage = counted
        }
        return meaning
    }
}
