extension TelemetrySDK {
    /// Attributes of `langsmith`; its word counts before the GenAI one, which calls a retriever `embeddings` and a
    /// prompt `chat`. `langsmith.trace.session_name` is the project and names no session.
    static let langsmith = TelemetrySDK(
        name: "langsmith", version: "0.15.1",
        source: "PyPI langsmith: langsmith/_internal/otel/_otel_exporter.py",
        prefixes: ["langsmith."], scopes: ["langsmith"],
        kinds: [
            "chain": .chain, "tool": .tool, "llm": .model, "embedding": .embedding, "retriever": .other,
            "prompt": .other, "parser": .other,
        ],
        names: [
            .kind: ["langsmith.span.kind"],
            .session: [
                "langsmith.metadata.session_id", "langsmith.metadata.conversation_id",
                "langsmith.metadata.thread_id",
            ],
            .user: ["langsmith.metadata.user_id"], .tool: ["gen_ai.tool.name"],
            .usageObject: ["langsmith.metadata.usage_metadata"],
        ])
}
