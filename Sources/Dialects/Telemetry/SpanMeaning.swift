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
    /// Whether ``agent`` is a name that a person gave: the rest of a workflow's name, `Crew_60c2ab6c….kickoff`, is not.
    var isAgentNamed = false
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
    /// What it means; computed at each call, from one look at its attributes.
    var meaning: SpanMeaning {
        let reading = SpanReading(self)
        let shown = shownKind(reading)
        var meaning = SpanMeaning()
        let metadata = reading.object(.metadata)
        let model = reading.text(.model) ?? metadata.flatMap { SpanReading.text($0, ["model"]) }
        meaning.usage = SpanUsage.read(reading, model: model)
        meaning.kind = kind(reading, shown?.kind, meaning.usage)
        meaning.session = reading.text(.session) ?? metadata.flatMap { SpanReading.text($0, Self.sessions) }
        meaning.user = reading.text(.user) ?? metadata.flatMap { SpanReading.text($0, Self.users) }
        let name = reading.text(.name) ?? shown.flatMap { $0.rest.isEmpty ? nil : $0.rest }
        meaning.agent = agent(reading, meaning.kind, name)
        meaning.isAgentNamed =
            reading.text(.agent) != nil || reading.text(.name) != nil || meaning.kind == .agent && name != nil
        if meaning.kind == .tool { meaning.tool = reading.text(.tool) ?? name ?? self.name.nonEmpty }
        meaning.callID = reading.text(.callID)
        meaning.arguments = arguments(reading)
        meaning.outcome = SpanOutcome.read(self, reading)
        if reading.text(.pending) == "pending_span" {
            let parent = reading.text(.pendingParent) ?? ""
            meaning.pending = SpanMeaning.Pending(
                spanID: parentID, parentID: parent.allSatisfy { $0 == "0" } ? "" : parent.lowercased())
        }
        return meaning
    }

    /// The keys that programs use in objects of their own.
    private static let sessions = [
        "session_id", "sessionId", "conversation_id", "conversationId", "thread_id", "threadId",
    ]
    private static let users = ["user_id", "userId"]

    /// What the span's name shows, where attributes show nothing, or less.
    private func shownKind(_ reading: SpanReading) -> (kind: SpanMeaning.Kind, rest: String)? {
        let index = TelemetrySDKIndex.shared
        let isNamed = reading.text(.name) != nil
        switch reading.kind {
        case nil: break
        case .tool?:
            if reading.sdks & index.refining == 0, isNamed || reading.text(.tool) != nil { return nil }
        case .chain?: if reading.sdks & index.refining == 0 { return nil }
        case .agent?, .workflow?: if isNamed || reading.text(.agent) != nil { return nil }
        case .model?, .embedding?, .handoff?, .other?: return nil
        }
        for rule in index.spanNames where rule.needs == 0 || rule.needs & reading.sdks != 0 {
            if let rest = rule.rest(of: name) { return (rule.kind, String(rest)) }
        }
        return nil
    }

    private func kind(
        _ reading: SpanReading, _ shown: SpanMeaning.Kind?, _ usage: SpanMeaning.Usage?
    ) -> SpanMeaning.Kind {
        var kind = reading.kind ?? shown ?? .other
        switch (kind, shown) {
        case (.tool, .handoff?): kind = .handoff
        case (.chain, .workflow?): kind = .workflow
        // OpenInference calls LangChain's tools agents when their name has the word in it.
        case (.agent, _) where attributes["tool.name"] != nil && attributes["openinference.span.kind"] != nil:
            kind = .tool
        default: break
        }
        guard kind == .other || kind == .chain, usage?.model != nil else { return kind }
        return usage?.input != nil || usage?.output != nil ? .model : kind
    }

    /// The name that an attribute gives; of an agent or workflow without one the span's own.
    private func agent(_ reading: SpanReading, _ kind: SpanMeaning.Kind, _ name: String?) -> String? {
        let target = kind == .handoff ? name : nil
        if let agent = target ?? reading.text(.agent) { return agent }
        guard kind == .agent || kind == .workflow || kind == .handoff else { return nil }
        return name ?? self.name.nonEmpty
    }

    /// The arguments as a text, whatever they were sent as.
    private func arguments(_ reading: SpanReading) -> String? {
        switch reading.value(.arguments) {
        case .array, .object: String(decoding: reading.value(.arguments).serialized, as: UTF8.self)
        default: reading.text(.arguments)
        }
    }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
