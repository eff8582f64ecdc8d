import WireProtocol

extension Dialect {
    /// LangGraph Server (`langgraph dev`, LangSmith deployments): threads, runs and passive thread streams.
    public static let langGraphServer = Dialect(
        "langgraph", healthPaths: ["/ok"], probes: ["/info", "/metrics"],
        coverage: Coverage(
            missing: [
                .patterns: "the server does not say how a graph gets its tools; \(Coverage.embedding)",
                .dispatchers: "the server names no dispatcher, only its queue's workers (Health); "
                    + Coverage.embedding,
            ],
            notes: [
                "events: of the \(LangGraphReader.maximumStreams) threads that work or changed last, as far as "
                    + "each run's stream_mode tells; a node is silent until it ends",
                "users: `metadata.user_id` or `langgraph_auth_user_id` of a thread or run; set one of them",
            ]
        ).silentWithinSteps, reader: { LangGraphReader() }, isMountable: true
    ) { sighting in
        if let info = sighting.json("/info") {
            return info["langgraph_py_version"] != nil || info["langgraph_js_version"] != nil
        }
        // With a mount_prefix the server keeps only these two routes at the root.
        guard sighting.health.json?["ok"]?.bool == true, let metrics = sighting.probes["/metrics"] else {
            return false
        }
        return metrics.status == 200
            && PrometheusText.samples(metrics.body).contains { $0.name.hasPrefix("lg_api_") }
    }
}
