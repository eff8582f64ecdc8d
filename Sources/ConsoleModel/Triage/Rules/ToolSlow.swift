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
        silence:
            "a tool that is always slow; one without ten finished calls, or watched for less than three times the "
            + "limit; a stalled run; a source that is read late"
    ) { view in
        // Where steps are read late, an open call may be over, and short calls are over first.
        guard view.backend.link.isDelivering, view.backend.dialect.coverage.timing == .asItHappens else {
            return []
        }
        return view.backend.runs.values.indices.compactMap { place in
            guard view.backend.runs.values[place].state == .open,
                let tool = view.backend.runs.values[place].tools.first,
                view.isOlder(tool.since, than: floor),
                let usual = view.backend.statistics.toolP95(tool.name), usual.count >= view.number(samples)
            else { return nil }
            let limit = usual.p95 * Int(clamping: view.number(factor))
            // Calls as long as this one can only be in the baseline after a while: the short ones end first.
            guard tool.since.since(view.watchedSince) >= limit * 3, view.isOlder(tool.since, than: limit),
                view.stalledSince(view.backend.runs.values[place]) == nil
            else { return nil }
            let run = view.backend.runs.values[place]
            return Observation(
                view.subject(run),
                "\(view.text(run.user))'s \(view.text(tool.name)) takes \(view.exactAge(of: tool.since)); its p95 is "
                    + "\(AgeText.took(usual.p95)), n=\(usual.count)",
                evidence: [
                    ConsoleState.row("tool_executing", view.text(tool.name), "events", at: tool.since),
                    ConsoleState.row(
                        "tool_p95", "\(AgeText.took(usual.p95)) of \(usual.count) calls", "events",
                        at: nil),
                ], since: tool.since)
        }
    }
}
