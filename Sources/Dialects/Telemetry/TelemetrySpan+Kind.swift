import WireProtocol

extension TelemetrySpan {
    /// What a span is to an agent: the operations of the GenAI conventions, in old and neighbouring spellings.
    public enum Kind: Hashable, Sendable { case agent, tool, model, other }

    /// Which kind: `gen_ai.operation.name`, else OpenInference's or Traceloop's kind, else the span's name.
    public var kind: Kind {
        let word = text("gen_ai.operation.name", "openinference.span.kind", "traceloop.span.kind")?
            .lowercased()
        switch word {
        case "invoke_agent", "invoke_workflow", "agent", "workflow": return .agent
        case "execute_tool", "tool": return .tool
        case "chat", "text_completion", "generate_content", "embeddings", "llm": return .model
        case .some: return .other
        case nil: break
        }
        if text("mcp.method.name") == "tools/call" { return .tool }
        if name.hasPrefix("invoke_agent ") { return .agent }
        return name.hasPrefix("execute_tool ") ? .tool : .other
    }

    /// The conversation it belongs to.
    var session: String? {
        text(
            "gen_ai.conversation.id", "session.id", "thread.id", "langgraph.thread_id",
            "traceloop.association.properties.session_id")
    }

    /// Whose it is; most programs do not say.
    var user: String? {
        text("user.id", "enduser.id", "langfuse.user.id", "traceloop.association.properties.user_id")
            ?? userOfMetadata
    }

    /// OpenInference keeps what a program says of a LangChain call as a text of JSON.
    private var userOfMetadata: String? {
        guard let text = text("metadata"), text.contains("\"user_id\"") else { return nil }
        let user = (try? JSONParser.parse(Array(text.utf8)))?["user_id"]?.string
        return user?.isEmpty == false ? user : nil
    }

    /// The agent's name; `gen_ai.workflow.name` until the conventions' version 0.1, else the span's own.
    var agent: String? {
        if let agent = text(
            "gen_ai.agent.name", "gen_ai.workflow.name", "agent.name", "traceloop.entity.name")
        {
            return agent
        }
        guard name.hasPrefix("invoke_agent ") else { return nil }
        return String(name.dropFirst("invoke_agent ".count))
    }

    /// The tool's name.
    var tool: String {
        text("gen_ai.tool.name", "tool.name", "traceloop.entity.name")
            ?? name.split(separator: " ").last.map(String.init) ?? "tool"
    }

    /// What went wrong, in words; nil when nothing did.
    var complaint: String? {
        let type = text("error.type", "exception.type")
        guard status == .error || type != nil else { return nil }
        let words = [type, statusMessage.isEmpty ? nil : statusMessage].compactMap { $0 }
        return words.isEmpty ? "error" : words.joined(separator: ": ")
    }

    /// AG-UI's TokenUsage; nil when the span counts no tokens.
    var usage: JSONValue? {
        let counts: [(String, [String])] = [
            (
                "inputTokens",
                ["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt"]
            ),
            (
                "outputTokens",
                [
                    "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens",
                    "llm.token_count.completion",
                ]
            ),
        ]
        var usage = JSONObject()
        for (name, attributes) in counts {
            usage[name] = attributes.lazy.compactMap { self.attributes[$0]?.integer }.first.map {
                .integer($0)
            }
        }
        guard !usage.members.isEmpty else { return nil }
        usage.set("model", text("gen_ai.response.model", "gen_ai.request.model", "llm.model_name"))
        usage.set("provider", text("gen_ai.provider.name", "gen_ai.system", "llm.provider"))
        return .object(usage)
    }
}
