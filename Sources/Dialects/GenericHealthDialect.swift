import WireProtocol

extension Dialect {
    /// Any health endpoint: something true from the first day, and plainly what it cannot tell.
    public static let genericHealth = Dialect(
        name: "health",
        healthPaths: ["/health", "/healthz", "/readyz", "/actuator/health", "/api/health", "/ok", "/livez"],
        recognizes: { _ in true }, coverage: .healthOnly)
}

extension Coverage {
    /// What stands for every part that nothing but our own wire can show.
    static let embedding = "embed ContextMonitor into the server"

    /// Only health is seen.
    static let healthOnly = Coverage(missing: [
        .sessions: "only a monitoring root (links.monitor) lists them; \(embedding)",
        .runs: "a health endpoint names no run; \(embedding)",
        .patterns: "a health endpoint does not say how a path gets its dispatcher; \(embedding)",
        .dispatchers: "only a monitoring root (links.monitor) lists them; \(embedding)",
        .events: "only a monitoring root (links.monitor) streams them; \(embedding)",
    ])
}
