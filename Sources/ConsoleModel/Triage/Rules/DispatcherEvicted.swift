import PatternDetection
import WireProtocol

extension TriageRule {
    private static let remembered = RuleLimit.time(
        "dispatcher-evicted", "remembered", .seconds(600),
        source: "the counts of a path cover ten minutes too")

    /// A limit took a dispatcher away while its run was open.
    static let dispatcherEvicted = TriageRule(
        id: "dispatcher-evicted", checks: "A dispatcher was disposed by a limit while its run was open.",
        threshold: "1 within the last 10 min", source: "DESIGN.md §1, dispatcher lifecycle",
        advice: "Raise the limit or refuse new work at it; never evict what is executing.",
        severity: .critical,
        urgency: .error, limits: [remembered], rows: "the state, the reason, and the session that lost it",
        silence: "one that was disposed with its session"
    ) { view in
        view.backend.dispatchers.values.indices.compactMap { place in
            guard view.backend.dispatchers.values[place].record.state == .evicted else { return nil }
            let dispatcher = view.backend.dispatchers.values[place]
            let at = dispatcher.disposedAt ?? dispatcher.record.lastUsedAt ?? view.momentOfJudgement()
            guard !view.isOlder(at, than: remembered) else { return nil }
            let record = dispatcher.record
            let reason = dispatcher.transitions.last?.reason
            return Observation(
                .dispatcher(record.id),
                "\(record.user.map { "\($0)" } ?? "nobody")'s dispatcher was evicted"
                    + (reason.map { ": \($0)" } ?? ""),
                evidence: [
                    ConsoleState.row("state", "evicted", "dispatcher", at: at),
                    ConsoleState.row("reason", reason ?? "none given", "dispatcher", at: at),
                    ConsoleState.row("session", record.session?.rawValue ?? "none", "dispatcher", at: at),
                ], since: at)
        }
    }
}
