import PatternDetection
import WireProtocol

extension TriageRule {
    /// A run has no terminal event although nothing can come any more, or its events break the grammar.
    static let runUnfinished = TriageRule(
        id: "run-unfinished", checks: "A run lost its final event, or its events break the run grammar.",
        threshold: "none: the session or link ended, or one violation", source: "DESIGN.md §1, run grammar",
        advice: "Open the run's session, and look at what was sent before the break.", severity: .critical,
        urgency: .missingEnd
    ) { state in
        state.backends.flatMap { backend -> [Observation] in
            backend.runs.values.indices.compactMap { place in
                // Finished runs without a flaw are most of them: they are not even copied.
                let isSuspect =
                    backend.runs.values[place].isViolated || backend.runs.values[place].state == .open
                    || backend.runs.values[place].state == .lost
                return isSuspect ? observation(of: backend.runs.values[place], in: backend, state) : nil
            }
        }
    }

    private static func observation(
        of run: RunState, in backend: BackendState, _ state: ConsoleState
    ) -> Observation? {
        let violations = run.violations
        let sessionEnded = backend.isEnded(run.session)
        let isCut = run.state == .open && !sessionEnded && backend.link.state == .ended
        let isLost = run.state == .lost || run.state == .open && sessionEnded
        guard isLost || isCut || !violations.isEmpty else { return nil }
        var words = violations
        if isLost, !words.contains(where: { $0.hasPrefix("missing: agent_completed") }) {
            words.append("missing: agent_completed or agent_error, its session ended")
        }
        if isCut { words.append("missing: agent_completed or agent_error when the source ended") }
        let whose = run.user.isNone ? "a run" : "\(state.text(run.user))'s run"
        let rows = words.map { ConsoleState.row("grammar", $0, "events", at: run.times.lastEventAt) }
        return Observation(
            backend, .run(RunID(rawValue: state.text(run.id))),
            "\(whose), \(CountText.plural(run.events, "event")): \(words.joined(separator: "; "))",
            evidence: rows + [
                ConsoleState.row("events_seen", run.ledger.text, "events", at: run.times.lastEventAt)
            ],
            since: run.times.endedAt ?? run.times.lastEventAt,
            severity: run.crossesUsers || isLost ? .critical : .warning,
            urgency: run.crossesUsers ? .breach : .missingEnd)
    }
}
