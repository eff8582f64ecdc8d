import WireProtocol

extension Dialect {
    /// LiteLLM's proxy, whose `/health` calls every model, which costs money and seconds; readiness does not.
    public static let liteLLM = Dialect(
        "litellm", healthPaths: ["/health/readiness"], probes: ["/health/liveliness"],
        coverage: {
            var coverage = Coverage.healthOnly
            coverage.missing[.events] =
                "LiteLLM keeps its calls to itself; let it send OTLP (callbacks: [\"otel\"]) to `ctxtop listen`"
            coverage.notes = [
                "health: /health/readiness, since /health calls every model at each ask; to see the models, name "
                    + "it: http://HOST:PORT/health, which is then asked once a minute"
            ]
            return coverage
        }(),
        reader: { GenericHealthReader() }, avoids: ["/health"], healthPause: .seconds(60)
    ) { sighting in
        if let json = sighting.health.json, json["healthy_endpoints"]?.array != nil,
            json["unhealthy_endpoints"]?.array != nil
        {
            return true
        }
        return sighting.json("/health/liveliness")?.string?.contains("alive") ?? false
    }
}
