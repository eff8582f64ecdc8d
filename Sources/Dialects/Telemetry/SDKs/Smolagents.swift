extension TelemetrySDK {
    /// Spans of OpenInference's instrumentation of `smolagents`, which sends none of its own.
    static let smolagents = TelemetrySDK(
        name: "smolagents", version: "1.26.0",
        source: "PyPI openinference-instrumentation-smolagents 0.1.43: _wrappers.py",
        scopes: ["openinference.instrumentation.smolagents"],
        names: [
            .kind: ["openinference.span.kind"], .tool: ["tool.name"], .model: ["llm.model_name"],
            .input: ["llm.token_count.prompt"], .output: ["llm.token_count.completion"],
        ])
}
