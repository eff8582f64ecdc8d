import PatternDetection
import WireProtocol

extension TriageRule {
    /// Health routes of one backend say different things about the same.
    static let healthContradicts = TriageRule(
        id: "health-contradicts",
        checks: "Health routes that claim the same kind disagree, or a passing whole has a failing part.",
        threshold: "1 pair of answers",
        source: "DESIGN.md §8; the seed's backend passes /health with its database gone",
        advice: "Route by the answer that looks at the parts, and make the other one ask them.",
        severity: .warning, urgency: .restatement, rows: "the answer that passes, and those that fail",
        silence:
            "liveness that passes while readiness fails, which is a drain; a part that the backend calls optional; "
            + "an answer that is not believed; an answer from before health last changed"
    ) { state in
        state.backends.compactMap { backend -> Observation? in
            guard let found = HealthContradiction(backend) else { return nil }
            return Observation(
                backend, .backend(backend.name), found.summary,
                evidence: ([found.passing] + found.failing).map { check in
                    let code = check.httpStatus.map { ", HTTP \($0)" } ?? ""
                    return ConsoleState.row(
                        check.name, check.status.rawValue + code, "health endpoint", at: check.at)
                }, since: nil)
        }
    }
}

/// An answer that passes, and the believed ones that fail although they are about the same.
private struct HealthContradiction {
    /// The answer that passes.
    let passing: CheckRecord
    /// Those that fail, in the order of the health view.
    let failing: [CheckRecord]
    /// How much older than the last change of health an answer may be, for one-shot commands ask in any order: 10 s.
    private static let slack = Duration.seconds(10)

    init?(_ backend: BackendState) {
        let record = backend.health.record
        guard let since = backend.health.since, backend.link.state != .lost else { return nil }
        let checks = record.checks.filter { check in
            check.at.map { $0.since(since) >= .zero - Self.slack } ?? true
        }
        let routes = checks.filter { $0.kind != nil }
        var whole = CheckRecord(name: record.address ?? "health", status: record.status)
        (whole.httpStatus, whole.at) = (record.httpStatus, record.at)
        let overall = routes.filter { $0.kind == .overall }
        let isBelieved: (CheckRecord) -> Bool = { $0.status == .fail && $0.isTrusted && !$0.isOptional }
        for kind in [HealthRouteKind.overall, .readiness, .liveness] {
            let alike = routes.filter { $0.kind == kind }
            guard let passing = alike.first(where: { $0.status == .pass }) else { continue }
            var failing = alike.filter(isBelieved)
            if kind == .overall { failing += Self.parts(checks, routes).filter(isBelieved) }
            if failing.isEmpty { continue }
            (self.passing, self.failing) = (passing, failing)
            return
        }
        let failing = Self.parts(checks, routes).filter(isBelieved)
        guard overall.isEmpty, whole.status == .pass, !failing.isEmpty else { return nil }
        (passing, self.failing) = (whole, failing)
    }

    /// The routes of single parts, and the parts of the health document itself; parts of other routes are theirs.
    private static func parts(_ checks: [CheckRecord], _ routes: [CheckRecord]) -> [CheckRecord] {
        checks.filter { check in
            check.kind == .part
                || (check.kind == nil && !routes.contains { check.name.hasPrefix($0.name + " ") })
        }
    }

    /// `/health passes while /health/database fails, and 2 more`.
    var summary: String {
        let more = failing.count > 1 ? ", and \(failing.count - 1) more" : ""
        return "\(passing.name) passes while \(failing.first?.name ?? "a part") fails\(more)"
    }
}
