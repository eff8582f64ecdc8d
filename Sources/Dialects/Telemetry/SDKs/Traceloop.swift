extension TelemetrySDK {
    /// Attributes of `traceloop-sdk` (OpenLLMetry).
    static let traceloop = TelemetrySDK(
        name: "traceloop", version: "0.62.4",
        source: "PyPI opentelemetry-semantic-conventions-ai 0.5.1: semconv_ai/__init__.py",
        prefixes: ["traceloop."], scopes: ["traceloop."],
        kinds: [
            "workflow": .workflow, "agent": .agent, "task": .chain, "tool": .tool, "handoff": .handoff,
            "unknown": .other,
        ],
        names: [
            .kind: ["traceloop.span.kind"],
            .session: [
                "traceloop.association.properties.session_id", "traceloop.association.properties.thread_id",
            ],
            .user: [
                "traceloop.association.properties.user_id", "traceloop.association.properties.customer_id",
            ],
            .name: ["traceloop.entity.name"], .reasoning: ["gen_ai.usage.reasoning_tokens"],
        ])
}
