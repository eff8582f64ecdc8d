extension TelemetrySDK {
    /// Attributes of `keywordsai-tracing`, which names kinds with Traceloop's.
    static let keywordsai = TelemetrySDK(
        name: "keywordsai", version: "0.0.59", source: "PyPI keywordsai-tracing; keywordsai_sdk constants",
        prefixes: ["keywordsai."], scopes: ["keywordsai"],
        names: [
            .kind: ["traceloop.span.kind"], .session: ["keywordsai.threads.thread_identifier"],
            .user: ["keywordsai.customer_params.customer_identifier"], .name: ["traceloop.entity.name"],
        ])
}
