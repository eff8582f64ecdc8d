import PatternDetection
import WireProtocol

extension TriageRule {
    private static let events = RuleLimit.count(
        "event-flood", "events", 500,
        source: "a chatty run streams 20 deltas a second for its 10 s; this is more than twice that")
    private static let rate = RuleLimit.count(
        "event-flood", "per-second", 100, source: "no reader follows 100 pieces of text a second")
    private static let recent = RuleLimit.time(
        "event-flood", "recent", .seconds(60),
        source: "long enough to be seen, short enough to clear after a fix")

    /// One run sends far more events than a reader or a socket can take.
    static let eventFlood = TriageRule(
        id: "event-flood", checks: "One run sends so many events that it crowds out everybody else's.",
        threshold: "more than 500 events and more than 100 a second, in a run of the last minute",
        source: "issue 6",
        advice: "Join small pieces before they are sent, and bound each run's events.", severity: .warning,
        urgency: .error, limits: [events, rate, recent],
        rows: "the run's events, the time it took them, and its user", silence: "a long run at a steady pace"
    ) { view in
        view.backend.runs.values.indices.compactMap { place in
            guard view.backend.runs.values[place].events > view.number(events),
                let start = view.backend.runs.values[place].times.startedAt,
                let last = view.backend.runs.values[place].times.lastEventAt,
                !view.isOlder(last, than: recent)
            else { return nil }
            let run = view.backend.runs.values[place]
            let seconds = max(1, last.since(start).wholeMilliseconds / 1000)
            guard Int64(clamping: run.events) / seconds > view.number(rate) else { return nil }
            return Observation(
                view.subject(run),
                "\(view.text(run.user))'s run sent \(CountText.grouped(run.events)) events in \(seconds)s",
                evidence: [
                    ConsoleState.row("events", String(run.events), "events", at: last),
                    ConsoleState.row("took", "\(seconds)s", "events", at: start),
                    ConsoleState.row("user", view.text(run.user), "events", at: start),
                ], since: start)
        }
    }
}
