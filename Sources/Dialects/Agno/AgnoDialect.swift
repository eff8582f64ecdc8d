import WireProtocol

extension Dialect {
    /// Agno's AgentOS: its session database, read over HTTP.
    public static let agno = Dialect(
        "agno", healthPaths: ["/health"], probes: ["/info"], coverage: AgnoReader.coverage,
        reader: { AgnoReader() }
    ) { sighting in
        sighting.json("/info")?["agno_version"] != nil
    }
}

extension AgnoReader {
    /// What can be seen of an AgentOS that answers every list.
    static let coverage = {
        var coverage = Coverage(
            missing: [
                .patterns: "AgentOS does not say how an agent gets its tools; \(Coverage.embedding)",
                .dispatchers: "AgentOS names no dispatcher; \(Coverage.embedding)",
            ],
            notes: [
                "events: read from stored runs; a run in the foreground appears when it is over, one in the "
                    + "background when it begins; live ones pass `ctxtop listen` or `ctxtop proxy`",
                "with a security key, give it by --token-file",
            ])
        coverage.timing = .atItsEnd
        return coverage
    }()
}
