import PatternDetection
import WireProtocol

extension TriageRule {
    /// A dispatcher outlives its session by more than the patience.
    static let dispatcherLeaked = TriageRule(
        id: "dispatcher-leaked", checks: "A dispatcher was not disposed after its session or job ended.",
        threshold: "more than 30 s after the end, or the backend says leaked",
        source: "DESIGN.md §1, dispatcher lifecycle",
        advice: "Find who still refers to the context, and dispose the dispatcher when its session ends.",
        severity: .warning, urgency: .error
    ) { state in
        state.backends.flatMap { backend -> [Observation] in
            backend.dispatchers.values.compactMap { dispatcher in
                let record = dispatcher.record
                guard record.state != .disposed, record.state != .evicted, record.pattern != .singleton else {
                    return nil
                }
                // One that is known by name only, or that several users share, has no lifetime to outlive.
                let hasLifetime =
                    record.state != .unknown && (record.pattern != .unknown || record.owners.count < 2)
                let ended = hasLifetime ? dispatcher.sessionEndedAt : nil
                let overdue = ended.map { state.now.since($0) }
                guard record.state == .leaked || overdue.map({ $0 > patience }) == true else { return nil }
                let owner = record.user.map { "\($0)" } ?? "nobody"
                let age =
                    overdue.map { "\(AgeText.exact($0)) after its session ended" }
                    ?? "the backend says leaked"
                return Observation(
                    backend, .dispatcher(record.id),
                    "\(owner)'s dispatcher is still there, \(age), limit 30s",
                    evidence: [
                        ConsoleState.row("state", record.state.rawValue, "dispatcher", at: record.lastUsedAt),
                        ConsoleState.row(
                            "session", record.session?.rawValue ?? "none", "dispatcher",
                            at: dispatcher.sessionEndedAt),
                    ], since: ended.map { $0 + patience })
            }
        }
    }
}
