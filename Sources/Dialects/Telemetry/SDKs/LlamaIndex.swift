extension TelemetrySDK {
    /// Spans of `llama-index-observability-otel`, which are called after class and method.
    static let llamaIndex = TelemetrySDK(
        name: "llama-index", version: "0.7.0",
        source: "PyPI llama-index-observability-otel: llama_index/observability/otel/base.py",
        prefixes: ["llamaindex."],
        scopes: ["llamaindex.", "openinference.instrumentation.llama_index"],
        spanNames: [
            ("AgentWorkflow.run", .workflow), ("FunctionAgent.run", .agent), ("ReActAgent.run", .agent),
            ("CodeActAgent.run", .agent), ("FunctionTool.call", .tool), ("FunctionTool.acall", .tool),
        ])
}
