extension TelemetrySDK {
    /// Spans of `autogen-core` and `autogen-agentchat`: the GenAI conventions; a team has no span, and messages
    /// (`autogen publish …`) are no agent's work.
    static let autogen = TelemetrySDK(
        name: "autogen", version: "0.7.5", source: "PyPI autogen-core: autogen_core/_telemetry/",
        scopes: ["autogen"],
        names: [
            .kind: ["gen_ai.operation.name"], .agent: ["gen_ai.agent.name"], .tool: ["gen_ai.tool.name"],
            .callID: ["gen_ai.tool.call.id"], .errorType: ["error.type"],
        ])
}
