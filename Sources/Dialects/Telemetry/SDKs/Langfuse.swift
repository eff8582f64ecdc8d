extension TelemetrySDK {
    /// Attributes of `langfuse`; counts and costs are JSON texts with the keys that the caller chose.
    static let langfuse = TelemetrySDK(
        name: "langfuse", version: "5.0.4", source: "PyPI langfuse: langfuse/_client/attributes.py",
        prefixes: ["langfuse."], scopes: ["langfuse-sdk"],
        kinds: [
            "agent": .agent, "tool": .tool, "generation": .model, "embedding": .embedding, "chain": .chain,
            "span": .chain, "retriever": .other, "evaluator": .other, "guardrail": .other, "event": .other,
        ],
        names: [
            .kind: ["langfuse.observation.type"], .session: ["session.id", "langfuse.session.id"],
            .user: ["user.id", "langfuse.user.id"], .model: ["langfuse.observation.model.name"],
            .usageObject: ["langfuse.observation.usage_details"],
            .costObject: ["langfuse.observation.cost_details"],
            .metadata: ["langfuse.trace.metadata"], .level: ["langfuse.observation.level"],
            .errorMessage: ["langfuse.observation.status_message"],
        ])
}
