import PatternDetection
import WireProtocol

extension TriageRule {
    private static let afterEnd = RuleLimit.time(
        "dispatcher-leaked", "after-end", .seconds(30), source: "DESIGN.md §1, dispatcher lifecycle")

    /// A dispatcher outlives its session by more than the patience.
    static let dispatcherLeaked = TriageRule(
        id: "dispatcher-leaked", checks: "A dispatcher was not disposed after its session or job ended.",
        threshold: "more than 30 s after the end, or the backend says leaked",
        source: "DESIGN.md §1, dispatcher lifecycle",
        advice: "Find who still refers to the context, and dispose the dispatcher when its session ends.",
        severity: .warning, urgency: .error, limits: [afterEnd],
        rows: "the dispatcher's state, and the session that ended",
        silence:
            "a singleton, which outlives everybody; one that drains in time; a half-built one, which has its own rule"
    ) { view in
        view.backend.dispatchers.values.indices.compactMap { place in
            let lifecycle = view.backend.dispatchers.values[place].record.state
            guard lifecycle != .disposed, lifecycle != .evicted, lifecycle != .halfBuilt,
                lifecycle == .leaked || view.backend.dispatchers.values[place].sessionEndedAt != nil
            else { return nil }
            let dispatcher = view.backend.dispatchers.values[place]
            let record = dispatcher.record
            guard record.pattern != .singleton else { return nil }
            // One that is known by name only, or that several users share, has no lifetime to outlive.
            let hasLifetime =
                record.state != .unknown && (record.pattern != .unknown || record.owners.count < 2)
            let ended = hasLifetime ? dispatcher.sessionEndedAt : nil
            let isOverdue = ended.map { view.isOlder($0, than: afterEnd) } ?? false
            guard record.state == .leaked || isOverdue else { return nil }
            let owner = record.user.map { "\($0)" } ?? "nobody"
            let age =
                ended.map { "\(view.exactAge(of: $0)) after its session ended" }
                ?? "the backend says leaked"
            return Observation(
                .dispatcher(record.id),
                "\(owner)'s dispatcher is still there, \(age), \(view.words(afterEnd))",
                evidence: [
                    ConsoleState.row("state", record.state.rawValue, "dispatcher", at: record.lastUsedAt),
                    ConsoleState.row(
                        "session", record.session?.rawValue ?? "none", "dispatcher",
                        at: dispatcher.sessionEndedAt),
                ], since: ended.map { $0 + view.time(afterEnd) })
        }
    }
}
