extension TelemetrySDK {
    /// OpenTelemetry's conventions for generative AI, with the names they had before and the registry's for
    /// sessions, users and errors. The registry's `thread.id` is a thread of the operating system, no conversation.
    static let genAI = TelemetrySDK(
        name: "OpenTelemetry GenAI", version: "1.45",
        source: "opentelemetry.io/docs/specs/semconv/gen-ai/; PyPI opentelemetry-semantic-conventions 0.66b2",
        prefixes: ["gen_ai."],
        kinds: [
            "invoke_agent": .agent, "create_agent": .other, "invoke_workflow": .workflow,
            "execute_tool": .tool, "chat": .model, "completion": .model, "text_completion": .model,
            "generate_content": .model, "embeddings": .embedding, "embedding": .embedding, "llm": .model,
            "agent": .agent, "tool": .tool, "workflow": .workflow, "chain": .chain, "rerank": .other,
        ],
        spanNames: [("invoke_agent *", .agent), ("invoke_workflow *", .workflow), ("execute_tool *", .tool)],
        names: [
            .kind: ["gen_ai.operation.name", "gen_ai.request.type", "llm.request.type"],
            .session: ["gen_ai.conversation.id", "session.id", "langgraph.thread_id"],
            .user: ["user.id", "enduser.id", "gen_ai.user"],
            .agent: ["gen_ai.agent.name", "gen_ai.workflow.name"], .tool: ["gen_ai.tool.name"],
            .callID: ["gen_ai.tool.call.id"], .arguments: ["gen_ai.tool.call.arguments"],
            .model: ["gen_ai.response.model", "gen_ai.request.model"],
            .provider: ["gen_ai.provider.name", "gen_ai.system"],
            .input: ["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"],
            .output: ["gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"],
            .cached: ["gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens"],
            .reasoning: ["gen_ai.usage.reasoning.output_tokens"],
            .errorType: ["error.type", "exception.type"], .errorMessage: ["exception.message"],
        ])
}
