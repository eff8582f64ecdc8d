import WireProtocol

extension Dialect {
    /// Any health endpoint: something true from the first day, and plainly what it cannot tell.
    public static let genericHealth = Dialect(
        "health",
        healthPaths: ([HealthRoute.first] + HealthRoute.guesses + HealthRoute.lastGuesses).map(\.path),
        coverage: {
            var coverage = Coverage.healthOnly
            coverage.notes = ["measurements: rows of Health, where /metrics has a page of them"]
            return coverage
        }(), reader: { GenericHealthReader() }
    ) { _ in true }
}

extension Coverage {
    /// What stands for every part that nothing but our own wire can show.
    static let embedding = "embed ContextMonitor or ctxtop_exposer"

    /// Only health is seen.
    static let healthOnly = Coverage(missing: [
        .sessions:
            "only a monitoring root (links.monitor) or telemetry names them; \(embedding), or send OTLP "
            + "to `ctxtop listen`",
        .runs: "a health endpoint names no run; \(embedding), or send OTLP to `ctxtop listen`",
        .patterns: "a health endpoint does not say how a path gets its dispatcher; \(embedding)",
        .dispatchers: "only a monitoring root (links.monitor) lists them; \(embedding)",
        .events:
            "only a monitoring root (links.monitor) or telemetry tells them; \(embedding), or send OTLP to "
            + "`ctxtop listen`; an AG-UI server can be watched through `ctxtop proxy`",
    ])
}
