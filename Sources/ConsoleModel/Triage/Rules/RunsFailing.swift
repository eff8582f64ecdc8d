import PatternDetection
import WireProtocol

extension TriageRule {
    private static let inARow = RuleLimit.count(
        "runs-failing", "runs", 5, source: "five failures of independent runs are no accident")
    private static let users = RuleLimit.count(
        "runs-failing", "users", 3, source: "one user's failures can be that user's input")

    /// The newest runs of a path all failed, for several users.
    static let runsFailing = TriageRule(
        id: "runs-failing", checks: "Every one of a path's newest runs failed, for several users.",
        threshold: "5 runs in a row of at least 3 users", source: "signature T24, a poisoned agent",
        advice: "Compare the first failure's error with the later ones: what they share is what is poisoned.",
        severity: .critical, urgency: .brokenPath, limits: [inARow, users],
        rows: "the runs that failed, their users, and when the last good run ended",
        silence: "cancelled runs, which somebody wanted; failures of one user alone"
    ) { view in
        var failed: [Symbol: [Int]] = [:]
        var lastGood: [Symbol: Timestamp] = [:]
        for symbol in view.backend.past.runs.reversed().prefix(400) {
            guard let place = view.backend.runs.place(symbol) else { continue }
            let path = view.backend.runs.values[place].path
            guard !path.isNone, lastGood[path] == nil else { continue }
            switch view.backend.runs.values[place].state {
            case .failed: failed[path, default: []].append(place)
            case .completed:
                lastGood[path] = view.backend.runs.values[place].times.endedAt ?? view.momentOfJudgement()
            case .open, .cancelled, .lost, .unknown: break
            }
        }
        return failed.sorted { view.text($0.key) < view.text($1.key) }.compactMap { path, places in
            let names = Set(places.map { view.backend.runs.values[$0].user }).map(view.text).sorted()
            guard places.count >= view.number(inARow), names.count >= view.number(users) else {
                return nil
            }
            let first = places.compactMap { view.backend.runs.values[$0].times.endedAt }.min()
            let good = lastGood[path]
            return Observation(
                .path(ConsumerPath(rawValue: view.text(path))),
                "\(view.text(path)): the last \(CountText.plural(places.count, "run")) of "
                    + "\(CountText.plural(names.count, "user")) failed",
                evidence: [
                    ConsoleState.row("failed_runs", String(places.count), "events", at: first),
                    ConsoleState.row(
                        "users", names.prefix(8).joined(separator: ", "), "events", at: first),
                    ConsoleState.row("last_completed", good?.rfc3339 ?? "none seen", "events", at: good),
                ], since: first)
        }
    }
}
