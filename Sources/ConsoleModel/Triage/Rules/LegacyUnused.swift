import PatternDetection
import WireProtocol

extension TriageRule {
    private static let unused = RuleLimit.time(
        "legacy-unused", "unused", .seconds(3_600), source: "an hour of traffic without one use")

    /// The legacy dispatcher is still set, and nobody is served by it.
    static let legacyUnused = TriageRule(
        id: "legacy-unused", checks: "A path keeps the global dispatcher although only the factory serves.",
        threshold: "not used for 1 h, or never while the factory was", source: "the seed, long-term actions",
        advice: "Remove the global dispatcher from the path: nothing needs it.", severity: .notice,
        urgency: .notice, limits: [unused], rows: "when each pattern last served the path",
        silence: "a path that has served nobody yet; one on which the singleton wins"
    ) { view in
        view.backend.paths.values.compactMap { path in
            guard path.judgement.verdict == .mixed, path.judgement.wins == .factory else { return nil }
            let used = path.record.lastUsedAt
            guard let factory = used[Verdict.factory.name] else { return nil }
            let legacy = used[Verdict.singleton.name]
            if let legacy, !view.isOlder(legacy, than: unused) { return nil }
            let since = legacy.map { "for \(view.age(of: $0))" } ?? "at all"
            return Observation(
                .path(path.record.path),
                "\(path.record.path): the global dispatcher is set and was not used \(since)",
                evidence: [
                    ConsoleState.row("last_used.factory", factory.rfc3339, "snapshot", at: factory),
                    ConsoleState.row(
                        "last_used.singleton", legacy?.rfc3339 ?? "never", "snapshot", at: legacy),
                ], since: legacy)
        }
    }
}
