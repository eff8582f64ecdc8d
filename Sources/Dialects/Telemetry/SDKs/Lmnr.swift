extension TelemetrySDK {
    /// Attributes of `lmnr`, whose agents are `DEFAULT` like every other function.
    static let lmnr = TelemetrySDK(
        name: "lmnr", version: "0.8.2", source: "PyPI lmnr: lmnr/opentelemetry_lib/tracing/attributes.py",
        prefixes: ["lmnr."], scopes: ["lmnr"],
        kinds: [
            "llm": .model, "tool": .tool, "default": .chain, "pipeline": .workflow, "executor": .other,
            "evaluator": .other, "human_evaluator": .other, "evaluation": .other,
        ],
        names: [
            .kind: ["lmnr.span.type"], .session: ["lmnr.association.properties.session_id"],
            .user: ["lmnr.association.properties.user_id"], .cost: ["gen_ai.usage.cost"],
        ])
}
