import PatternDetection
import WireProtocol

extension TriageRule {
    private static let newest = RuleLimit.count(
        "tool-failing", "calls", 20, source: "fewer calls would let chance alone reach the share")
    private static let share = RuleLimit.percent(
        "tool-failing", "share", 80, source: "at a steady 30 % it is reached once in 200,000 windows of 20")
    private static let baseline = RuleLimit.percent(
        "tool-failing", "baseline", 40, source: "a tool that failed as often before has not changed")

    /// A tool that used to work fails now.
    static let toolFailing = TriageRule(
        id: "tool-failing", checks: "A tool's newest calls mostly fail, and its calls before mostly did not.",
        threshold: "80 % of the newest 20 calls failed, at most 40 % of at least 10 calls before",
        source: "issue 6, against the tool's own baseline; DESIGN.md §1: a failing tool alone is no finding",
        advice: "Find what changed for the tool at the time of the first failure in a row.",
        severity: .warning,
        urgency: .error, limits: [newest, share, baseline],
        rows: "each tool with its failures now and before, and the last failure's time",
        silence: "a tool that always failed; a single failure; a source that shows no outcomes"
    ) { view in
        let (count, least) = (Int(clamping: min(50, view.number(newest))), view.number(share))
        var rows: [EvidenceRecord] = []
        var names: [String] = []
        for (name, tally) in view.backend.memory.tools.sorted(by: { $0.key < $1.key }) {
            let earlier = min(64, tally.count) - count
            guard earlier >= 10 else { continue }
            let now = tally.failures(ofNewest: count)
            let before = tally.failures(ofNewest: 64) - now
            guard now * 100 >= count * Int(clamping: least),
                before * 100 <= earlier * Int(clamping: view.number(baseline))
            else { continue }
            names.append(name)
            rows.append(
                ConsoleState.row(
                    "tool.\(name)",
                    "\(now) of the newest \(count) failed, \(before) of \(earlier) before",
                    "events", at: tally.failedAt))
        }
        guard !rows.isEmpty else { return [] }
        return [
            Observation(
                .backend(view.backend.name),
                "\(names.joined(separator: ", ")): \(rows[0].evidence.value)", evidence: rows, since: nil)
        ]
    }
}
