import PatternDetection
import WireProtocol

extension TriageRule {
    private static let restarts = RuleLimit.count(
        "backend-restarting", "restarts", 2, source: "one restart is a deploy, the second one is not")
    private static let within = RuleLimit.time(
        "backend-restarting", "within", .seconds(600),
        source: "an orchestrator's back-off stays below ten minutes")

    /// A backend starts again and again.
    static let backendRestarting = TriageRule(
        id: "backend-restarting", checks: "Another boot answered behind the same address, and again.",
        threshold: "2 restarts within 10 min", source: "signature T17, health flapping",
        advice: "Read why the process ended: its last log lines, and the orchestrator's reason.",
        severity: .warning, urgency: .error, limits: [restarts, within], rows: "each restart's time",
        silence: "one restart: that is a deploy; replicas that take turns (that is replicas-mixed)"
    ) { view in
        let recent = view.backend.memory.restartsAt.filter { !view.isOlder($0, than: within) }
        guard recent.count >= view.number(restarts), view.backend.memory.replicas.count < 2,
            view.bootsThatTakeTurns.isEmpty
        else {
            return []
        }
        return [
            Observation(
                .backend(view.backend.name),
                "restarted \(CountText.plural(recent.count, "time")) within \(AgeText.exact(view.time(within)))",
                evidence: recent.map { ConsoleState.row("boot", "another boot id", "snapshot", at: $0) },
                since: recent.first)
        ]
    }
}
