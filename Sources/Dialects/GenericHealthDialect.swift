extension Dialect {
    /// Any health endpoint: something true from the first day, and plainly what it cannot tell.
    public static let genericHealth = Dialect(
        name: "health",
        healthPaths: ["/health", "/healthz", "/readyz", "/actuator/health", "/api/health", "/ok", "/livez"],
        recognizes: { _ in true },
        notObservable: [
            "pattern: a health endpoint does not say how a path gets its dispatcher; embed ContextMonitor to expose it",
            "sessions: only a monitoring root (links.monitor) lists them",
            "dispatchers: only a monitoring root (links.monitor) lists them",
            "events: only a monitoring root (links.monitor) streams them",
        ])
}
