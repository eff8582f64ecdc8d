import PatternDetection
import WireProtocol

extension TriageRule {
    private static let idle = RuleLimit.time(
        "run-no-progress", "idle", .seconds(60),
        source: "twice the silence of run-stalled; a tool may take 60 s")
    /// How much later than the last useful step a sign of life comes, at least: 1 s.
    private static let heartbeat = Duration.seconds(1)

    /// A run gives signs of life and does no work: the second of its two clocks.
    static let runNoProgress = TriageRule(
        id: "run-no-progress",
        checks: "An open run sends heartbeats and has made no useful step for too long.",
        threshold: "more than 60 s since the last useful step, while other events come; "
            + "run-stalled's step where a step is silent until it ends",
        source: "issue 6, two clocks: a heartbeat is not work",
        advice: "Look at the step that the last useful event began: it waits, or it spins.",
        severity: .warning,
        urgency: .stuck, limits: [idle],
        rows: "the last sign of life, the last useful step, and the open tool",
        silence:
            "a run without any event (that is run-stalled); one that waits for a person; a source that is read late"
    ) { view in
        // Where steps are read late, what was read last is no heartbeat.
        guard view.backend.link.isDelivering, view.backend.dialect.coverage.timing == .asItHappens else {
            return []
        }
        let limit = view.backend.dialect.coverage.isSilentWithinSteps ? silenceOfStep : idle
        return view.backend.runs.values.indices.compactMap { place in
            guard view.backend.runs.values[place].state == .open,
                let useful = view.backend.runs.values[place].times.lastUsefulAt,
                let alive = view.backend.runs.values[place].times.lastEventAt,
                // What came together with the last step is the end of that step, and no heartbeat.
                alive.since(useful) > heartbeat,
                view.isOlder(useful, than: limit),
                view.stalledSince(view.backend.runs.values[place]) == nil
            else { return nil }
            let run = view.backend.runs.values[place]
            guard !view.backend.isEnded(run.session), !view.backend.isWaiting(run.session) else { return nil }
            let tool = run.tools.last.map { view.text($0.name) } ?? "none"
            let whose = run.user.isNone ? "a run" : view.text(run.user)
            return Observation(
                view.subject(run),
                "\(whose) alive and without a useful step for "
                    + "\(view.exactAge(of: useful)), \(view.words(limit))",
                evidence: [
                    ConsoleState.row("last_sign_of_life", alive.rfc3339, "events", at: alive),
                    ConsoleState.row("last_useful_step", useful.rfc3339, "events", at: useful),
                    ConsoleState.row("tool", tool, "events", at: run.tools.last?.since),
                ], since: useful + view.time(limit))
        }
    }
}
