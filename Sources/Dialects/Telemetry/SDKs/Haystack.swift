extension TelemetrySDK {
    /// Spans of `haystack-ai`'s own tracer. What a component is can be read from its class only.
    static let haystack = TelemetrySDK(
        name: "haystack", version: "3.4.1",
        source: "PyPI haystack-ai: haystack/core/pipeline/, haystack/components/agents/",
        prefixes: ["haystack."],
        spanNames: [
            ("haystack.pipeline.run", .workflow), ("haystack.async_pipeline.run", .workflow),
            ("haystack.agent.run", .agent), ("haystack.agent.step.tool", .tool),
            ("haystack.agent.step.llm", .model), ("haystack.chat_generator.run", .model),
            ("haystack.component.run", .chain),
        ],
        names: [
            .name: ["haystack.component.name"], .tool: ["haystack.tool.name"],
            .isFailed: ["haystack.tool.error"],
        ])
}
