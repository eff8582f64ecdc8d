import PatternDetection
import WireProtocol

extension TriageRule {
    /// The health endpoint passes while work fails.
    static let healthLies = TriageRule(
        id: "health-lies", checks: "Health passes while creations fail or a path cannot dispatch.",
        threshold: "1 path", source: "DESIGN.md §1; the seed's incident had a passing health endpoint",
        advice: "Make the health endpoint check each path's pattern, and do not route by it until then.",
        // Below the broken path that it hides.
        severity: .critical, urgency: .missingEnd,
        rows: "the health status, and each path that fails or cannot dispatch",
        silence: "health that warns or fails; a path whose pattern is not observable"
    ) { view in
        let health = view.backend.health
        guard health.receivedAt != nil, health.record.status == .pass else { return [] }
        let failing = view.backend.paths.values.filter { $0.record.lastOutcome.status == .error }
        let broken = view.backend.paths.values.filter {
            $0.judgement.verdict != .unknown && !$0.judgement.verdict.canDispatch
        }
        guard !failing.isEmpty || !broken.isEmpty else { return [] }
        let failures = failing.reduce(0) { $0.adding($1.record.failed) }
        let names = Set((failing + broken).map(\.record.path)).sorted().map(\.rawValue)
        let what =
            failures > 0
            ? "\(CountText.plural(failures, "creation")) fail"
            : "\(names.joined(separator: ", ")) cannot dispatch"
        let rows = failing.map { path in
            ConsoleState.row(
                "\(path.record.path).last_outcome", path.record.lastOutcome.error ?? "error", "creation",
                at: path.record.lastOutcome.at)
        }
        let verdicts = broken.map { path in
            ConsoleState.row(
                "\(path.record.path).detected", "\(path.judgement.verdict)", "ctxtop",
                at: path.judgedSince)
        }
        return [
            Observation(
                .backend(view.backend.name), "health passes while \(what)",
                evidence: [
                    ConsoleState.row(
                        "health", "pass", "health endpoint", at: health.record.at ?? health.receivedAt)
                ]
                    + rows + verdicts,
                since: (failing.compactMap(\.failingSince) + broken.compactMap(\.judgedSince)).min())
        ]
    }
}
