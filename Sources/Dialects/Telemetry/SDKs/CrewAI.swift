extension TelemetrySDK {
    /// Spans of OpenInference's and Traceloop's instrumentations of `crewai`, which sends none of its own.
    static let crewAI = TelemetrySDK(
        name: "crewai", version: "1.15.30",
        source: "PyPI openinference-instrumentation-crewai 1.1.21: _wrappers.py",
        scopes: ["openinference.instrumentation.crewai", "opentelemetry.instrumentation.crewai"],
        spanNames: [("*.kickoff", .workflow), ("*.workflow", .workflow)])
}
