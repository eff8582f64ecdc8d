import WireProtocol

extension Dialect {
    /// Google's ADK server (`adk api_server`, `adk web`): apps, and the sessions of users that must be known.
    public static let adk = Dialect(
        "adk", healthPaths: ["/health"], probes: ["/list-apps"],
        coverage: ADKReader.coverage(users: []), reader: { ADKReader() }
    ) { sighting in
        sighting.json("/list-apps")?.array?.allSatisfy { $0.string != nil } ?? false
    }
}

extension ADKReader {
    /// The user of ADK's own pages, who is asked for when no other is named.
    static let standardUsers = ["user"]
    /// How other users' sessions come to be read.
    static let naming = "name the users in config.toml, [targets.NAME] users = [\"ada\"]"

    /// What can be seen when those users' sessions are listed.
    static func coverage(users: [String]) -> Coverage {
        let names = (users.isEmpty ? standardUsers : users).prefix(8).map { "`\($0)`" }
        let more = users.count > 8 ? " and \(users.count - 8) more" : ""
        var coverage = Coverage(
            missing: [
                .patterns: "ADK does not say how an agent gets its tools; \(Coverage.embedding)",
                .dispatchers: "ADK names no dispatcher; \(Coverage.embedding)",
            ],
            notes: [
                "sessions: ADK lists them by user only; those of \(names.joined(separator: ", "))\(more) are read; "
                    + naming,
                "events: read from stored sessions every 2 s; a model's answer is dated when the model was asked",
            ])
        coverage.timing = .snapshotsOnly
        return coverage
    }
}
