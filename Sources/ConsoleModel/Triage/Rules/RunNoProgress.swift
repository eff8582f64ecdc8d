import PatternDetection
import WireProtocol

extension TriageRule {
    private static let idle = RuleLimit.time(
        "run-no-progress", "idle", .seconds(60),
        source: "twice the silence of run-stalled; a tool may take 60 s")

    /// A run gives signs of life and does no work: the second of its two clocks.
    static let runNoProgress = TriageRule(
        id: "run-no-progress",
        checks: "An open run sends heartbeats and has made no useful step for too long.",
        threshold: "more than 60 s since the last useful step, while other events come",
        source: "issue 6, two clocks: a heartbeat is not work",
        advice: "Look at the step that the last useful event began: it waits, or it spins.",
        severity: .warning,
        urgency: .stuck, limits: [idle],
        rows: "the last sign of life, the last useful step, and the open tool",
        silence: "a run without any event (that is run-stalled); one that waits for a person"
    ) { state in
        state.backends.flatMap { backend -> [Observation] in
            guard backend.link.isDelivering else { return [] }
            return backend.runs.values.indices.compactMap { place in
                guard backend.runs.values[place].state == .open,
                    let useful = backend.runs.values[place].times.lastUsefulAt,
                    let alive = backend.runs.values[place].times.lastEventAt, alive > useful,
                    state.now.since(useful) > state.time(idle),
                    state.stalledSince(backend.runs.values[place], in: backend) == nil
                else { return nil }
                let run = backend.runs.values[place]
                guard !backend.isEnded(run.session) else { return nil }
                let tool = run.tools.last.map { state.text($0.name) } ?? "none"
                return Observation(
                    backend, state.subject(run, of: backend),
                    "\(state.text(run.user)) alive and without a useful step for "
                        + "\(AgeText.exact(state.now.since(useful))), \(state.words(idle))",
                    evidence: [
                        ConsoleState.row("last_sign_of_life", alive.rfc3339, "events", at: alive),
                        ConsoleState.row("last_useful_step", useful.rfc3339, "events", at: useful),
                        ConsoleState.row("tool", tool, "events", at: run.tools.last?.since),
                    ], since: useful + state.time(idle))
            }
        }
    }
}
