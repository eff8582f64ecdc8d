extension TelemetrySDK {
    /// OpenInference's attributes. A span that it calls an agent is a tool where it has `tool.name`: LangChain's
    /// tools are agents to it when their name contains the word.
    static let openInference = TelemetrySDK(
        name: "openinference", version: "0.1.42",
        source: "PyPI openinference-semantic-conventions: openinference/semconv/trace/",
        prefixes: ["openinference.", "llm.", "tool_call."], scopes: ["openinference."],
        kinds: [
            "agent": .agent, "tool": .tool, "llm": .model, "embedding": .embedding, "chain": .chain,
            "retriever": .other, "reranker": .other, "guardrail": .other, "evaluator": .other,
            "prompt": .other, "decision": .other, "unknown": .other,
        ],
        spanNames: [("handoff to *", .handoff)],
        names: [
            .kind: ["openinference.span.kind"], .session: ["session.id"], .user: ["user.id"],
            .agent: ["agent.name"], .tool: ["tool.name"], .callID: ["tool_call.id", "tool.id"],
            .arguments: ["tool.parameters"], .model: ["llm.model_name", "embedding.model_name"],
            .provider: ["llm.provider", "llm.system"], .input: ["llm.token_count.prompt"],
            .output: ["llm.token_count.completion"], .cached: ["llm.token_count.prompt_details.cache_read"],
            .reasoning: ["llm.token_count.completion_details.reasoning"], .cost: ["llm.cost.total"],
            .metadata: ["metadata"],
        ])
}
