import PatternDetection
import WireProtocol

extension TriageRule {
    private static let remembered = RuleLimit.time(
        "run-crossed", "remembered", .seconds(3_600),
        source:
            "a breach must be seen by the next person who looks; the isolation statement keeps it for good")

    /// An event of one user's run or session named another user.
    static let runCrossed = TriageRule(
        id: "run-crossed", checks: "An event of a run or session was delivered in another user's name.",
        threshold: "1 event within the last hour",
        source: "DESIGN.md §1, run grammar: delivered to another user",
        advice:
            "Stop the path, and find where user contexts are mixed: the timelines show the first crossing.",
        severity: .critical, urgency: .breach, limits: [remembered],
        rows: "the run's own user, the user that the event named, and the event's time",
        silence: "an event without a user; a user's second session"
    ) { view in
        let seen = view.backend.memory.crossings.filter {
            $0.kind == .event && view.isRecent($0.at, remembered)
        }
        let known = Set(view.backend.memory.crossings.map(\.subject))
        return seen.map { observation($0, in: view) }
            + view.backend.runs.values.indices.compactMap { place in
                // What only the backend saw, before this console came.
                guard view.backend.runs.values[place].isViolated, view.backend.runs.values[place].crossesUsers
                else {
                    return nil
                }
                let run = view.backend.runs.values[place]
                guard !known.contains(view.text(run.id)),
                    view.isRecent(run.times.endedAt ?? run.times.lastEventAt, remembered)
                else { return nil }
                return Observation(
                    view.subject(run),
                    "\(view.text(run.user))'s run delivered to another user, as the backend reports",
                    evidence: [
                        ConsoleState.row(
                            "grammar", RunGrammar.Violation.otherUser.rawValue, "snapshot",
                            at: run.times.lastEventAt)
                    ], since: run.times.lastEventAt)
            }
    }

    private static func observation(
        _ crossing: Crossing, in view: BackendView
    ) -> Observation {
        let id = RunID(rawValue: crossing.subject)
        let isRun = view.backend.runs.place(id, of: UserID(rawValue: crossing.owner), view.symbols) != nil
        let subject =
            isRun
            ? view.subject(ofRun: crossing.subject, of: crossing.owner)
            : view.subject(ofSession: crossing.subject, of: crossing.owner)
        return Observation(
            subject,
            "\(crossing.owner)'s \(isRun ? "run" : "session") sent an event in the name of \(crossing.other)",
            evidence: [
                ConsoleState.row("owner", crossing.owner, "events", at: nil),
                ConsoleState.row("event.user", crossing.other, "events", at: crossing.at),
                ConsoleState.row(isRun ? "run" : "session", crossing.subject, "events", at: crossing.at),
            ], since: crossing.at)
    }
}
