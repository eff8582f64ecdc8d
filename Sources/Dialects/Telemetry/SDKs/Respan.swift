extension TelemetrySDK {
    /// Attributes of `respan-tracing`, which names kinds with Traceloop's.
    static let respan = TelemetrySDK(
        name: "respan", version: "2.24.0", source: "PyPI respan-sdk: respan_sdk/constants/span_attributes.py",
        prefixes: ["respan."], scopes: ["respan"],
        kinds: [
            "agent": .agent, "workflow": .workflow, "task": .chain, "tool": .tool, "function": .tool,
            "handoff": .handoff, "chat": .model, "completion": .model, "response": .model, "text": .model,
            "generation": .model, "embedding": .embedding, "guardrail": .other, "score": .other,
        ],
        names: [
            .kind: ["traceloop.span.kind", "respan.entity.log_type"],
            .session: ["respan.sessions.session_identifier", "respan.threads.thread_identifier"],
            .user: ["respan.customer_params.customer_identifier"],
            .agent: ["respan.metadata.agent_name", "respan.metadata.to_agent"],
            .metadata: ["respan.metadata"],
        ])
}
