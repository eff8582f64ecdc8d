import PatternDetection
import WireProtocol

extension TriageRule {
    private static let remembered = RuleLimit.time(
        "run-grammar", "remembered", .seconds(600), source: "the counts of a path cover ten minutes too")

    /// A run's events break the grammar in a way that is neither a lost end nor a breach.
    static let runGrammar = TriageRule(
        id: "run-grammar",
        checks: "A run's events are missing, late, twice, out of order, unpaired or not consecutive.",
        threshold: "1 violation, in a run of the last 10 min", source: "DESIGN.md §1, run grammar",
        advice: "Open the run's session: its strip shows where the events break, and what was sent before.",
        severity: .warning, urgency: .missingEnd, limits: [remembered],
        rows: "each violation once, and which of the five words came",
        silence: "a run that was open before this console came; events after a known gap; what is long over"
    ) { view in
        view.backend.runs.values.indices.compactMap { (place: Int) -> Observation? in
            guard view.backend.runs.values[place].isViolated else { return nil }
            let run = view.backend.runs.values[place]
            let words = run.violations.filter { violation in
                violation != RunGrammar.Violation.otherUser.rawValue
                    && !violation.hasPrefix("missing: agent_completed")
            }
            guard !words.isEmpty,
                view.isRecent(run.times.endedAt ?? run.times.lastEventAt, remembered)
            else { return nil }
            let whose = run.user.isNone ? "a run" : "\(view.text(run.user))'s run"
            return Observation(
                view.subject(run),
                "\(whose), \(CountText.plural(run.events, "event")): \(words.joined(separator: "; "))",
                evidence: words.map {
                    ConsoleState.row("grammar", $0, "events", at: run.times.lastEventAt)
                } + [
                    ConsoleState.row("events_seen", run.ledger.text, "events", at: run.times.lastEventAt)
                ],
                since: run.times.endedAt ?? run.times.lastEventAt)
        }
    }
}
