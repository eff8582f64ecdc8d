extension TelemetrySDK {
    /// Attributes of `ddtrace` with `OTEL_TRACES_EXPORTER=otlp`: its spans are called after their kind.
    static let ddtrace = TelemetrySDK(
        name: "ddtrace", version: "4.16.0", source: "PyPI ddtrace: ddtrace/llmobs/_constants.py, _utils.py",
        prefixes: ["_dd."], scopes: ["ddtrace"],
        kinds: [
            "agent": .agent, "workflow": .workflow, "tool": .tool, "llm": .model, "embedding": .embedding,
            "task": .chain, "step": .chain, "retrieval": .other, "experiment": .other,
        ],
        names: [
            .kind: ["gen_ai.operation.name", "_dd.llmobs.span_kind"], .session: ["gen_ai.conversation.id"],
            .name: ["operation.name"], .model: ["gen_ai.request.model", "_dd.llmobs.model_name"],
            .provider: ["gen_ai.provider.name", "_dd.llmobs.model_provider"],
            .input: ["gen_ai.usage.input_tokens", "_dd.llmobs.input_tokens"],
            .output: ["gen_ai.usage.output_tokens", "_dd.llmobs.output_tokens"],
            .cached: ["gen_ai.usage.cache_read_input_tokens", "_dd.llmobs.cache_read_input_tokens"],
            .reasoning: ["gen_ai.usage.reasoning_output_tokens"], .errorType: ["error.type"],
            .errorMessage: ["error.message"],
        ])
}
