import PatternDetection
import WireProtocol

extension TriageRule {
    /// Health fails while every path works: the other direction in which health lies.
    static let healthPessimistic = TriageRule(
        id: "health-pessimistic",
        checks: "Health fails, no check says why, and every path creates dispatchers.",
        threshold: "all paths can dispatch, the last outcome of one is ok and of none an error",
        source: "signature T27: a degraded for ever",
        advice: "Let health say which check fails, or stop failing.",
        severity: .notice, urgency: .notice, rows: "the health status, and each path's last outcome",
        silence:
            "a failing check, which is a reason; a path that was not tried; a failing HTTP answer; a lost link"
    ) { view in
        let record = view.backend.health.record
        guard view.backend.health.receivedAt != nil, record.status == .fail,
            !record.checks.contains(where: { $0.status == .fail || $0.status == .warn }),
            record.httpStatus.map({ $0 < 500 }) ?? true, view.backend.link.state != .lost
        else { return [] }
        let paths = view.backend.paths.values.filter(\.isDeclared)
        guard !paths.isEmpty, paths.allSatisfy({ $0.judgement.verdict.canDispatch }),
            paths.contains(where: { $0.record.lastOutcome.status == .ok }),
            !paths.contains(where: { $0.record.lastOutcome.status == .error })
        else { return [] }
        return [
            Observation(
                .backend(view.backend.name), "health fails while every path works",
                evidence: [ConsoleState.row("health", "fail", "health endpoint", at: record.at)]
                    + paths.map {
                        ConsoleState.row(
                            "\($0.record.path).last_outcome", $0.record.lastOutcome.status.rawValue,
                            "creation",
                            at: $0.record.lastOutcome.at)
                    }, since: view.backend.health.since)
        ]
    }
}
