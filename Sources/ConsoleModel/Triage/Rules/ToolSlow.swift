import PatternDetection
import WireProtocol

extension TriageRule {
    private static let floor = RuleLimit.time(
        "tool-slow", "floor", .seconds(10), source: "what takes less is nobody's trouble, however unusual")
    private static let factor = RuleLimit.count(
        "tool-slow", "factor", 3, source: "three times the 95th percentile is outside of its spread")
    private static let samples = RuleLimit.count(
        "tool-slow", "samples", 10, source: "below ten calls a 95th percentile is the maximum")

    /// A tool call takes far longer than this tool's calls usually do.
    static let toolSlow = TriageRule(
        id: "tool-slow", checks: "A tool call takes far longer than the same tool's calls did before.",
        threshold: "more than 3 times its own p95 and more than 10 s, with 10 finished calls to compare",
        source: "issue 6, against the tool's own baseline",
        advice: "Look at what the tool depends on, and give it a deadline.", severity: .warning,
        urgency: .stuck,
        limits: [floor, factor, samples],
        rows: "the tool, how long it has taken, its p95 and of how many calls",
        silence: "a tool that is always slow; one without ten finished calls; a run that is stalled already"
    ) { state in
        state.backends.flatMap { backend -> [Observation] in
            guard backend.link.isDelivering else { return [] }
            return backend.runs.values.indices.compactMap { place in
                guard backend.runs.values[place].state == .open,
                    let tool = backend.runs.values[place].tools.first,
                    state.now.since(tool.since) > state.time(floor),
                    let usual = backend.statistics.toolP95(tool.name), usual.count >= state.number(samples)
                else { return nil }
                let took = state.now.since(tool.since)
                guard took > usual.p95 * Int(clamping: state.number(factor)),
                    state.stalledSince(backend.runs.values[place], in: backend) == nil
                else { return nil }
                let run = backend.runs.values[place]
                return Observation(
                    backend, state.subject(run, of: backend),
                    "\(state.text(run.user))'s \(state.text(tool.name)) takes \(AgeText.exact(took)); its p95 is "
                        + "\(AgeText.took(usual.p95)), n=\(usual.count)",
                    evidence: [
                        ConsoleState.row("tool_executing", state.text(tool.name), "events", at: tool.since),
                        ConsoleState.row(
                            "tool_p95", "\(AgeText.took(usual.p95)) of \(usual.count) calls", "events",
                            at: nil),
                    ], since: tool.since)
            }
        }
    }
}
