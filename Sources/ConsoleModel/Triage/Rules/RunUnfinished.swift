import PatternDetection
import WireProtocol

extension TriageRule {
    private static let remembered = RuleLimit.time(
        "run-unfinished", "remembered", .seconds(600), source: "the counts of a path cover ten minutes too")

    /// A run has no terminal event although nothing can come any more; after a file's end more may have come.
    static let runUnfinished = TriageRule(
        id: "run-unfinished",
        checks:
            "A run lost its final event: its session ended, or its answer was cut off, while it was open.",
        threshold: "1 run whose session or answer ended within the last 10 min",
        source: "DESIGN.md §1, run grammar",
        advice: "Open the run's session, and look at what was sent before the break.", severity: .critical,
        urgency: .missingEnd, limits: [remembered], rows: "what is missing, and which of the five words came",
        silence: "a run that was cancelled or failed: both are ends; a link that is only down; "
            + "the end of a file; a source that shows a step when it ends gets a notice"
    ) { view in
        view.backend.runs.values.indices.compactMap { place in
            // Finished runs without a flaw are most of them: they are not even copied.
            let isSuspect =
                view.backend.runs.values[place].state == .open
                || view.backend.runs.values[place].state == .lost
            return isSuspect ? observation(of: view.backend.runs.values[place], in: view) : nil
        }
    }

    private static func observation(
        of run: RunState, in view: BackendView
    ) -> Observation? {
        guard run.state == .lost || view.backend.isEnded(run.session),
            !run.isSeenFromWithin || run.state == .lost,
            view.isRecent(run.times.endedAt ?? run.times.lastEventAt, remembered)
        else { return nil }
        let words =
            run.isSeenFromWithin
            ? "no more spans: its process died, or a step is still running"
            : "missing: agent_completed or agent_error, \(view.backend.isEnded(run.session) ? "its session ended" : "its answer was cut off")"
        let whose = run.user.isNone ? "a run" : "\(view.text(run.user))'s run"
        return Observation(
            view.subject(run),
            "\(whose), \(CountText.plural(run.events, "event")): \(words)",
            evidence: [
                ConsoleState.row("grammar", words, "events", at: run.times.lastEventAt),
                ConsoleState.row("events_seen", run.ledger.text, "events", at: run.times.lastEventAt),
            ], since: run.times.endedAt ?? run.times.lastEventAt,
            severity: run.isSeenFromWithin ? .notice : nil)
    }
}
