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
    ) { state in
        state.backends.flatMap { backend -> [Observation] in
            let seen = backend.memory.crossings.filter {
                $0.kind == .event && state.isRecent($0.at, remembered, backend)
            }
            let known = Set(backend.memory.crossings.map(\.subject))
            return seen.map { observation($0, of: backend, state) }
                + backend.runs.values.indices.compactMap { place in
                    // What only the backend saw, before this console came.
                    guard backend.runs.values[place].isViolated, backend.runs.values[place].crossesUsers
                    else {
                        return nil
                    }
                    let run = backend.runs.values[place]
                    guard !known.contains(state.text(run.id)),
                        state.isRecent(run.times.endedAt ?? run.times.lastEventAt, remembered, backend)
                    else { return nil }
                    return Observation(
                        backend, state.subject(run, of: backend),
                        "\(state.text(run.user))'s run delivered to another user, as the backend reports",
                        evidence: [
                            ConsoleState.row(
                                "grammar", RunGrammar.Violation.otherUser.rawValue, "snapshot",
                                at: run.times.lastEventAt)
                        ], since: run.times.lastEventAt)
                }
        }
    }

    private static func observation(
        _ crossing: Crossing, of backend: BackendState, _ state: ConsoleState
    ) -> Observation {
        let id = RunID(rawValue: crossing.subject)
        let isRun = backend.runs.place(id, of: UserID(rawValue: crossing.owner), state.symbols) != nil
        let subject =
            isRun
            ? state.subject(ofRun: crossing.subject, of: crossing.owner, in: backend)
            : state.subject(ofSession: crossing.subject, of: crossing.owner, in: backend)
        return Observation(
            backend, subject,
            "\(crossing.owner)'s \(isRun ? "run" : "session") sent an event in the name of \(crossing.other)",
            evidence: [
                ConsoleState.row("owner", crossing.owner, "events", at: nil),
                ConsoleState.row("event.user", crossing.other, "events", at: crossing.at),
                ConsoleState.row(isRun ? "run" : "session", crossing.subject, "events", at: crossing.at),
            ], since: crossing.at)
    }
}
