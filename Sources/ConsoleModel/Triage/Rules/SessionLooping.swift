import PatternDetection
import WireProtocol

extension TriageRule {
    static let loopRepeats = RuleLimit.count(
        "session-looping", "repeats", 3,
        source: "issue 6: same tool and arguments 3 times, or a cycle of 2 to 3")

    /// An agent does the same thing again and again.
    static let sessionLooping = TriageRule(
        id: "session-looping", checks: "A run repeats the same tool calls with the same arguments.",
        threshold:
            "3 repeats of 1 call or of a cycle of 2 to 3; 6 where only the arguments' sizes are visible",
        source: "issue 6; sizes and empty arguments say less, so they are held to twice the limit",
        advice: "Look at what the tool answers: the agent asks again because the answer does not help it.",
        severity: .warning, urgency: .stuck, limits: [loopRepeats],
        rows: "the tool, the cycle's length, how often it was repeated, and whether arguments were visible",
        silence: "the same tool with other arguments; a run that has ended; telemetry that shows no arguments"
    ) { view in
        let limit = Int(clamping: view.number(loopRepeats))
        return view.backend.runs.values.indices.compactMap { place in
            guard view.backend.runs.values[place].state == .open,
                let cycle = view.backend.runs.values[place].calls.cycle(repeats: limit)
            else { return nil }
            let run = view.backend.runs.values[place]
            let tool = run.lastTool.isNone ? "a tool" : view.text(run.lastTool)
            let what = cycle.length == 1 ? tool : "a cycle of \(cycle.length) calls that ends in \(tool)"
            let seen = run.calls.isExact ? "same arguments" : "arguments of the same size"
            return Observation(
                view.subject(ofSession: view.text(run.session.id), of: view.text(run.user)),
                "\(view.text(run.user)) repeats \(what) \(cycle.repeats) times, \(seen)",
                evidence: [
                    ConsoleState.row("tool", tool, "events", at: run.times.lastUsefulAt),
                    ConsoleState.row(
                        "repeats", String(cycle.repeats), "events", at: run.times.lastUsefulAt),
                    ConsoleState.row("cycle", String(cycle.length), "events", at: run.times.lastUsefulAt),
                    ConsoleState.row("arguments", seen, "events", at: run.times.lastUsefulAt),
                    ConsoleState.row("run", view.text(run.id), "events", at: run.times.startedAt),
                ], since: nil)
        }
    }
}
