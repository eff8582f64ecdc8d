import PatternDetection
import WireProtocol

extension TriageRule {
    /// Health routes of one backend say different things about the same.
    static let healthContradicts = TriageRule(
        id: "health-contradicts",
        checks: "Health routes of one kind disagree, or a passing whole has a failing part or snapshot.",
        threshold: "1 pair of answers",
        source: "DESIGN.md §8; the seed's backend passes /health with its database gone",
        advice: "Route by the answer that looks at the parts, and make the other one ask them.",
        severity: .warning, urgency: .restatement, rows: "the answer that passes, and those that fail",
        silence:
            "liveness that passes while readiness fails, which is a drain; a part that the backend calls optional; "
            + "an answer that is not believed; an answer from before health last changed"
    ) { view in
        guard let found = HealthContradiction(view.backend) else { return [] }
        return [
            Observation(
                .backend(view.backend.name), found.summary,
                evidence: found.answers.map { check in
                    let code = check.httpStatus.map { ", HTTP \($0)" } ?? ""
                    return ConsoleState.row(
                        check.name, check.status.rawValue + code, "health endpoint", at: check.at)
                }, since: nil)
        ]
    }
}

/// Answers of one backend that cannot all be true.
private struct HealthContradiction {
    /// Each answer that passes, and the believed ones that fail although they are about the same.
    let pairs: [(passing: CheckRecord, failing: [CheckRecord])]
    /// How much older than the last change of health an answer may be: 10 s, for a one-shot command asks in any order.
    private static let slack = Duration.seconds(10)
    /// How long after a health answer a snapshot may arrive to be about the same moment.
    private static let pairing = Duration.seconds(1)

    init?(_ backend: BackendState) {
        let record = backend.health.record
        guard let since = backend.health.since, backend.link.state != .lost else { return nil }
        let checks = record.checks.filter { check in
            check.at.map { $0.since(since) >= .zero - Self.slack } ?? true
        }
        let routes = checks.filter { $0.kind != nil }
        let parts = checks.filter { check in
            // A part that is named after its route is that route's own.
            check.kind == .part
                || (check.kind == nil && !routes.contains { check.name.hasPrefix($0.name + " ") })
        }
        var pairs: [(CheckRecord, [CheckRecord])] = []
        for kind in [HealthRouteKind.overall, .readiness, .liveness] {
            var alike = routes.filter { $0.kind == kind }
            if kind == .overall, alike.isEmpty { alike = [Self.whole(record)] }
            guard let passing = alike.first(where: { $0.status == .pass }) else { continue }
            let failing = (alike + (kind == .overall ? parts : [])).filter(\.failsForCertain)
            if !failing.isEmpty { pairs.append((passing, failing)) }
        }
        if let pair = Self.snapshot(against: backend) { pairs.append(pair) }
        if pairs.isEmpty { return nil }
        self.pairs = pairs
    }

    /// A health endpoint that passes beside a snapshot of the same moment that says otherwise.
    private static func snapshot(against backend: BackendState) -> (CheckRecord, [CheckRecord])? {
        let health = backend.health
        guard health.record.status == .pass, let stated = backend.extras.health, let at = stated.receivedAt,
            let since = health.since, let received = health.receivedAt,
            // What happened between the two is a change and not a contradiction, until health is asked again.
            at.since(since) >= .zero, at.since(received) <= Self.pairing
        else { return nil }
        var failing = stated.record.checks.filter(\.failsForCertain)
        if failing.isEmpty, stated.record.status == .fail { failing = [whole(stated.record, "snapshot")] }
        for index in failing.indices where failing[index].name != "snapshot" {
            failing[index].name = "snapshot " + failing[index].name
        }
        return failing.isEmpty ? nil : (whole(health.record), failing)
    }

    /// The document itself, where no other route stands beside it.
    private static func whole(_ record: HealthRecord, _ name: String? = nil) -> CheckRecord {
        var whole = CheckRecord(name: name ?? record.address ?? "health", status: record.status)
        whole.httpStatus = record.httpStatus
        whole.at = record.at
        return whole
    }

    /// Every answer, each passing one before those that fail.
    var answers: [CheckRecord] { pairs.flatMap { [$0.passing] + $0.failing } }

    /// `/health passes while /health/database fails, and 2 more`.
    var summary: String {
        let count = pairs.reduce(0) { $0 + $1.failing.count }
        let more = count > 1 ? ", and \(count - 1) more" : ""
        return "\(pairs[0].passing.name) passes while \(pairs[0].failing[0].name) fails\(more)"
    }
}

extension CheckRecord {
    /// Whether it fails, is believed, and matters to the whole.
    fileprivate var failsForCertain: Bool { status == .fail && isTrusted && !isOptional }
}
