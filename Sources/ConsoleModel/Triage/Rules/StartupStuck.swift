import PatternDetection
import WireProtocol

extension TriageRule {
    private static let grace = RuleLimit.time(
        "startup-stuck", "grace", .seconds(300), source: "the seed's backend gives start-up 300 s")

    /// Start-up failed, or has not ended within its grace.
    static let startupStuck = TriageRule(
        id: "startup-stuck", checks: "Start-up failed in a phase, or is still in one after its grace.",
        threshold: "an error at once; 300 s without phase complete",
        source: "research on the seed's backend, start-up",
        advice: "Read the phase's error: it names the dependency that start-up waits for.",
        severity: .critical,
        urgency: .brokenPath, limits: [grace], rows: "the phase, its error, and when the backend started",
        silence: "a backend that starts, for its grace; one that shows no phases"
    ) { view in
        let startup = view.backend.identity.startup
        guard startup.phase != nil || startup.error != nil, view.backend.link.state != .lost else {
            return []
        }
        let phase = startup.phase ?? "unknown"
        let started = view.backend.identity.startedAt
        let isSlow = phase != "complete" && started.map { view.isOlder($0, than: grace) } == true
        guard startup.error != nil || isSlow else { return [] }
        let what =
            startup.error.map { "start-up failed in \(phase): \($0)" }
            ?? "start-up is in \(phase) for \(started.map(view.exactAge) ?? AgeText.exact(.zero)), \(view.words(grace))"
        return [
            Observation(
                .backend(view.backend.name), what,
                evidence: [
                    ConsoleState.row("startup.phase", phase, "snapshot", at: started),
                    ConsoleState.row("startup.error", startup.error ?? "none", "snapshot", at: nil),
                ], since: started)
        ]
    }
}
