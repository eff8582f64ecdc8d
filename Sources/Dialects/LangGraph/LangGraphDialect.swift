import WireProtocol

extension Dialect {
    /// LangGraph Server (`langgraph dev`, LangSmith deployments): threads, runs and passive thread streams.
    public static let langGraphServer = Dialect(
        "langgraph", healthPaths: ["/ok"], probes: ["/info"],
        coverage: Coverage(
            missing: [
                .patterns: "the server does not say how a graph gets its tools; \(Coverage.embedding)",
                .dispatchers: "the server names no dispatcher, only its queue's workers (Health); "
                    + Coverage.embedding,
            ],
            notes: [
                "events: of the \(LangGraphReader.maximumStreams) threads that changed last, as far as each "
                    + "run's stream_mode tells",
                "users: `metadata.user_id` or `langgraph_auth_user_id` of a thread; set one of them",
            ]), reader: { LangGraphReader() }
    ) { sighting in
        sighting.json("/info")?["langgraph_py_version"] != nil
            || sighting.json("/info")?["langgraph_js_version"] != nil
    }
}
