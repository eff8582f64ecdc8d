extension TelemetrySDK {
    /// Attributes of `braintrust`: JSON objects. Session and user are where the caller put them.
    static let braintrust = TelemetrySDK(
        name: "braintrust", version: "0.48.1", source: "PyPI braintrust: braintrust/span_types.py, otel/",
        prefixes: ["braintrust."], scopes: ["braintrust"],
        kinds: [
            "llm": .model, "tool": .tool, "task": .chain, "function": .chain, "automation": .chain,
            "score": .other, "eval": .other, "facet": .other, "preprocessor": .other, "classifier": .other,
            "review": .other,
        ],
        names: [
            .spanObject: ["braintrust.span_attributes"], .metadata: ["braintrust.metadata"],
            .usageObject: ["braintrust.metrics"],
        ])
}
