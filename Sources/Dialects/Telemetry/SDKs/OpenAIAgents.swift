extension TelemetrySDK {
    /// Spans of OpenTelemetry's and Traceloop's instrumentations of `openai-agents`: operations for handoffs.
    static let openAIAgents = TelemetrySDK(
        name: "openai-agents", version: "0.24.0",
        source: "PyPI opentelemetry-instrumentation-openai-agents-v2: span_processor.py",
        prefixes: ["gen_ai.handoff."], scopes: ["opentelemetry.instrumentation.openai_agents"],
        kinds: [
            "handoff": .handoff, "agent_handoff": .handoff, "response": .model, "transcription": .other,
            "speech_generation": .other, "guardrail_check": .other,
        ],
        names: [.kind: ["gen_ai.operation.name"], .agent: ["gen_ai.handoff.to_agent"]])
}
