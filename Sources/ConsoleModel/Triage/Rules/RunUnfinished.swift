import PatternDetection
import WireProtocol

extension TriageRule {
    private static let remembered = RuleLimit.time(
        "run-unfinished", "remembered", .seconds(600), source: "the counts of a path cover ten minutes too")

    /// A run has no terminal event although nothing can come any more.
    static let runUnfinished = TriageRule(
        id: "run-unfinished",
        checks: "A run lost its final event: its session or source ended while it was open.",
        threshold: "1 run that its session or link ended within the last 10 min",
        source: "DESIGN.md §1, run grammar",
        advice: "Open the run's session, and look at what was sent before the break.", severity: .critical,
        urgency: .missingEnd, limits: [remembered], rows: "what is missing, and which of the five words came",
        silence: "a run that was cancelled or failed: both are ends; a link that is only down"
    ) { state in
        state.backends.flatMap { backend in
            backend.runs.values.indices.compactMap { place in
                // Finished runs without a flaw are most of them: they are not even copied.
                let isSuspect =
                    backend.runs.values[place].state == .open || backend.runs.values[place].state == .lost
                return isSuspect ? observation(of: backend.runs.values[place], in: backend, state) : nil
            }
        }
    }

    private static func observation(
        of run: RunState, in backend: BackendState, _ state: ConsoleState
    ) -> Observation? {
        let sessionEnded = backend.isEnded(run.session)
        let isCut = run.state == .open && !sessionEnded && backend.link.state == .ended
        let isLost = run.state == .lost || run.state == .open && sessionEnded
        guard isLost || isCut,
            state.isRecent(run.times.endedAt ?? run.times.lastEventAt, remembered, backend)
        else { return nil }
        let missing = "missing: agent_completed or agent_error"
        let words = isLost ? missing + ", its session ended" : missing + " when the source ended"
        let whose = run.user.isNone ? "a run" : "\(state.text(run.user))'s run"
        return Observation(
            backend, state.subject(run, of: backend),
            "\(whose), \(CountText.plural(run.events, "event")): \(words)",
            evidence: [
                ConsoleState.row("grammar", words, "events", at: run.times.lastEventAt),
                ConsoleState.row("events_seen", run.ledger.text, "events", at: run.times.lastEventAt),
            ], since: run.times.endedAt ?? run.times.lastEventAt, severity: isLost ? .critical : .warning)
    }
}
