import PatternDetection
import WireProtocol

extension TriageRule {
    private static let inARow = RuleLimit.count(
        "runs-failing", "runs", 5, source: "five failures of independent runs are no accident")
    private static let users = RuleLimit.count(
        "runs-failing", "users", 3, source: "one user's failures can be that user's input")

    /// The newest runs of a path or an agent all failed, for several users.
    static let runsFailing = TriageRule(
        id: "runs-failing",
        checks: "Every one of a path's newest runs failed, or of an agent's where there are no paths.",
        threshold: "5 runs in a row of at least 3 users, or of 3 sessions where no user is named",
        source: "signature T24, a poisoned agent",
        advice: "Compare the first failure's error with the later ones: what they share is what is poisoned.",
        severity: .critical, urgency: .brokenPath, limits: [inARow, users],
        rows: "the runs that failed, their users, and when the last good run ended",
        silence: "cancelled runs, which somebody wanted; failures of one user alone"
    ) { view in
        var failed: [FailingGroup: [Int]] = [:]
        var lastGood: [FailingGroup: Timestamp] = [:]
        for symbol in view.backend.past.runs.reversed().prefix(400) {
            guard let place = view.backend.runs.place(symbol) else { continue }
            let group = FailingGroup(view.backend.runs.values[place])
            guard lastGood[group] == nil else { continue }
            switch view.backend.runs.values[place].state {
            case .failed: failed[group, default: []].append(place)
            case .completed:
                lastGood[group] = view.backend.runs.values[place].times.endedAt ?? view.momentOfJudgement()
            case .open, .cancelled, .lost, .unknown: break
            }
        }
        let words = failed.map { (words: $0.key.words(view), group: $0.key, places: $0.value) }
        return words.sorted { $0.words < $1.words }.compactMap { words, group, places in
            let whose = Whose(places.map { view.backend.runs.values[$0] }, view)
            guard places.count >= view.number(inARow), whose.names.count >= view.number(users) else {
                return nil
            }
            let first = places.compactMap { view.backend.runs.values[$0].times.endedAt }.min()
            let good = lastGood[group]
            return Observation(
                group.subject(view),
                "\(words): the last \(CountText.plural(places.count, "run")) of "
                    + "\(CountText.plural(whose.names.count, whose.noun)) failed",
                evidence: [
                    ConsoleState.row("failed_runs", String(places.count), "events", at: first),
                    ConsoleState.row(
                        whose.noun + "s", whose.names.prefix(8).joined(separator: ", "), "events", at: first),
                    ConsoleState.row("last_completed", good?.rfc3339 ?? "none seen", "events", at: good),
                ], since: first)
        }
    }
}

/// Runs that are compared with one another: of one path, or where the source names none, of one agent.
private struct FailingGroup: Hashable {
    let path: Symbol
    let agent: String?

    init(_ run: RunState) {
        path = run.path
        agent = run.path.isNone ? run.agent : nil
    }

    func words(_ view: BackendView) -> String {
        path.isNone ? agent ?? "runs of no named agent" : view.text(path)
    }

    func subject(_ view: BackendView) -> Subject {
        path.isNone ? .backend(view.backend.name) : .path(ConsumerPath(rawValue: view.text(path)))
    }
}

/// Whose runs they are: their users, or their sessions where the source names no user.
private struct Whose {
    let noun: String
    let names: [String]

    init(_ runs: [RunState], _ view: BackendView) {
        let users = Set(runs.map(\.user).filter { !$0.isNone })
        noun = users.isEmpty ? "session" : "user"
        names = (users.isEmpty ? Set(runs.map(\.session.id)) : users).map(view.text).sorted()
    }
}
