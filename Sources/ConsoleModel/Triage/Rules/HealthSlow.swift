import PatternDetection
import WireProtocol

extension TriageRule {
    private static let slow = RuleLimit.time(
        "health-slow", "latency", .seconds(2),
        source: "load balancers give a probe 2 to 5 s before they take a backend out")
    private static let clears = RuleLimit.time(
        "health-slow", "clears", .seconds(1), source: "half of what raises it, so that it does not flap")

    /// The health endpoint answers too slowly for those who act on it.
    static let healthSlow = TriageRule(
        id: "health-slow",
        checks: "The health endpoint takes so long that a load balancer may give up on it.",
        threshold: "more than 2 s for one answer; once raised it clears below 1 s",
        source: "signature T17; research on the seed's backend, health endpoints",
        advice: "Check dependencies in the background, and answer with the last result and its age.",
        severity: .warning, urgency: .error, limits: [slow, clears],
        rows: "the answer's latency and its status",
        silence: "an endpoint that was not asked"
    ) { view in
        guard view.backend.health.receivedAt != nil, let latency = view.backend.health.record.latencyMs,
            latency.isFinite, latency < 1e9
        else { return [] }
        let took = Duration.milliseconds(Int64(latency))
        let isHeld = view.isHeld("health-slow", .backend(view.backend.name))
        guard took > view.time(isHeld ? clears : slow) else { return [] }
        return [
            Observation(
                .backend(view.backend.name),
                "the health endpoint took \(AgeText.took(took)) to answer, \(view.words(slow))",
                evidence: [
                    ConsoleState.row(
                        "health.latency", AgeText.took(took), "health endpoint",
                        at: view.backend.health.receivedAt
                    ),
                    ConsoleState.row(
                        "health", view.backend.health.record.status.rawValue, "health endpoint",
                        at: view.backend.health.receivedAt),
                ], since: nil)
        ]
    }
}
