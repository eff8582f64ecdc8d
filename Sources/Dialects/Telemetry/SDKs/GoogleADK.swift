extension TelemetrySDK {
    /// Spans of `google-adk`: the GenAI conventions; with schema version 1 also names of its own.
    static let googleADK = TelemetrySDK(
        name: "google-adk", version: "2.13.0", source: "PyPI google-adk: google/adk/telemetry/",
        prefixes: ["gcp.vertex.agent."], scopes: ["gcp.vertex.agent"],
        spanNames: [("invocation", .workflow), ("call_llm", .model)],
        names: [
            .kind: ["gen_ai.operation.name"],
            .session: ["gen_ai.conversation.id", "gcp.vertex.agent.session_id"],
            .arguments: ["gen_ai.tool.call.arguments", "gcp.vertex.agent.tool_call_args"],
        ])
}
