import WireProtocol

extension Dialect {
    /// The Netra platform: many health routes of uneven worth, and none that tells the pattern.
    public static let netra = Dialect(
        "netra", healthPaths: ["/health"], probes: ["/ws/beacon", "/ws/factory/status"], coverage: .netra(),
        reader: { NetraReader() }
    ) { sighting in
        sighting.health.json?["service"]?.string == "netra-ai-platform"
            || sighting.json("/ws/beacon")?["service"]?.string?.hasPrefix("websocket_") == true
            || isFactoryStatus(sighting.json("/ws/factory/status"))
    }

    /// Whether it is what `/ws/factory/status` answers, in the older release or the newer.
    private static func isFactoryStatus(_ json: JSONValue?) -> Bool {
        json?["factory_pattern"]?["migration_status"] != nil
            || (json?["mode"]?.string != nil && json?["features"]?.array != nil)
    }
}

extension Coverage {
    /// What its routes show; connections are listed only where `/ws/stats` works.
    static func netra(
        seesSessions: Bool = false, seesEvents: Bool = false, claim: String? = nil
    ) -> Coverage {
        let claimed = claim.map { "; the backend claims \($0), which nothing shows" } ?? ""
        var coverage = Coverage(
            missing: [
                .sessions: "only /ws/stats lists connections, and it does not answer here; repair it, or "
                    + embedding,
                .runs: "no route lists runs; \(embedding)",
                .patterns: "the pattern is not observable from outside: factory, broken and empty backends "
                    + "answer alike\(claimed); \(embedding)",
                .dispatchers: "no route lists dispatchers; \(embedding)",
                .events:
                    "events go to their user's own WebSocket only; give your own token by --token-file to "
                    + "hear yours, or \(embedding)",
            ],
            notes: [
                "/api/events/stream, /api/metrics/circuit_breakers and /staging/health* are made-up samples "
                    + "and are not read"
            ])
        if seesSessions { coverage.missing[.sessions] = nil }
        if seesEvents {
            coverage.missing[.events] = nil
            coverage.notes.append("events: of the token's own user only")
        }
        return coverage
    }
}
