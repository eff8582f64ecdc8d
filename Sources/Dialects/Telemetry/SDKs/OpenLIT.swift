extension TelemetrySDK {
    /// Attributes of `openlit`: the GenAI conventions with costs; `@openlit.trace` names no kind.
    static let openlit = TelemetrySDK(
        name: "openlit", version: "1.45.0", source: "PyPI openlit: openlit/semcov/__init__.py",
        scopes: ["openlit"],
        kinds: [
            "execute_task": .chain, "retrieval": .other, "vectordb": .other, "model_request": .model,
            "user_prompt_processing": .other, "tool_coordination": .other,
        ],
        names: [
            .kind: ["gen_ai.operation.name"], .session: ["session.id"], .user: ["user.id"],
            .cost: ["gen_ai.usage.cost"], .arguments: ["gen_ai.tool.args", "gen_ai.tool.input"],
            .errorType: ["error.type"],
        ])
}
