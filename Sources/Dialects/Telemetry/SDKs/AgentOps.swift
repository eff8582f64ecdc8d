extension TelemetrySDK {
    /// Attributes of `agentops`; tags that are given as a dictionary become attributes without a prefix.
    static let agentops = TelemetrySDK(
        name: "agentops", version: "0.4.21", source: "PyPI agentops: agentops/semconv/",
        prefixes: ["agentops."], scopes: ["agentops"],
        kinds: [
            "session": .workflow, "workflow": .workflow, "agent": .agent, "tool": .tool, "llm": .model,
            "task": .chain, "operation": .chain, "chain": .chain, "text": .other, "guardrail": .other,
            "http": .other, "unknown": .other,
        ],
        names: [
            .kind: ["agentops.span.kind"], .session: ["session_id"], .user: ["user_id"],
            .name: ["operation.name"], .agent: ["agent.name", "to_agent"], .tool: ["tool.name"],
            .errorType: ["error.type"], .errorMessage: ["error.message"], .metadata: ["agentops.tags"],
        ])
}
