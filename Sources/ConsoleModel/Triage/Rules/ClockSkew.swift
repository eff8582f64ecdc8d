import PatternDetection
import WireProtocol

extension TriageRule {
    private static let raise = RuleLimit.time(
        "clock-skew", "skew", .seconds(5), source: "above it ages and silences on screen are visibly wrong")
    private static let clears = RuleLimit.time(
        "clock-skew", "clears", .milliseconds(2_500),
        source: "half of what raises it, so that it does not flap")

    /// The backend's clock and ours disagree.
    static let clockSkew = TriageRule(
        id: "clock-skew", checks: "The backend's clock differs from this console's.",
        threshold: "more than 5 s either way; once raised it clears below 2.5 s", source: "issue 6",
        advice: "Let both machines keep time by NTP; until then read ages with the difference in mind.",
        severity: .warning, urgency: .error, limits: [raise, clears],
        rows: "the difference, and when it was measured",
        silence: "a file, whose time is its own; an answer that was long on its way"
    ) { view in
        guard let skew = view.backend.reception.clockSkew, view.backend.link.state != .ended else {
            return []
        }
        let isHeld = view.isHeld("clock-skew", .backend(view.backend.name))
        let limit = view.time(isHeld ? clears : raise)
        // The last answer's own time on its way is no skew.
        let way = view.backend.health.record.latencyMs.flatMap { $0.isFinite && $0 < 1e9 ? Int64($0) : nil }
        guard skew > limit || skew + .milliseconds(way ?? 0) < .zero - limit else { return [] }
        return [
            Observation(
                .backend(view.backend.name),
                "the backend's clock is \(AgeText.signed(skew)) off ours, \(view.words(raise))",
                evidence: [
                    ConsoleState.row(
                        "clock_skew", AgeText.signed(skew), "snapshot",
                        at: view.backend.reception.lastReceivedAt)
                ], since: nil)
        ]
    }
}
