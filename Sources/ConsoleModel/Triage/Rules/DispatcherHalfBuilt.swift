import PatternDetection
import WireProtocol

extension TriageRule {
    private static let building = RuleLimit.time(
        "dispatcher-half-built", "building", .seconds(10),
        source: "measured creations take milliseconds; 10 s is a start-up of the slowest tool")

    /// A dispatcher was registered and never became usable.
    static let dispatcherHalfBuilt = TriageRule(
        id: "dispatcher-half-built", checks: "A dispatcher is registered and has never become usable.",
        threshold: "more than 10 s requested or initializing, or the backend says halfBuilt",
        source: "DESIGN.md §1, dispatcher lifecycle",
        advice: "Register a dispatcher after its last tool is made, and remove it when one cannot be.",
        severity: .warning, urgency: .error, limits: [building],
        rows: "the dispatcher's state, since when, and its path's last outcome",
        silence: "one that is being made; one that was disposed when its making failed"
    ) { view in
        view.backend.dispatchers.values.indices.compactMap { place in
            switch view.backend.dispatchers.values[place].record.state {
            case .requested, .initializing, .halfBuilt: break
            case .active, .executing, .idle, .draining, .disposed, .orphaned, .leaked, .evicted, .shared,
                .unknown:
                return nil
            }
            let dispatcher = view.backend.dispatchers.values[place]
            let record = dispatcher.record
            let since = dispatcher.transitions.last?.at ?? record.createdAt
            let isSlow = since.map { view.isOlder($0, than: building) } ?? false
            guard record.state == .halfBuilt || isSlow else { return nil }
            let owner = record.user.map { "\($0)" } ?? "nobody"
            let age = record.state == .halfBuilt ? nil : since.map { view.exactAge(of: $0) }
            let how = age.map { " for \($0), \(view.words(building))" } ?? ""
            return Observation(
                .dispatcher(record.id),
                "\(owner)'s dispatcher is \(record.state.rawValue)\(how)",
                evidence: [
                    ConsoleState.row("state", record.state.rawValue, "dispatcher", at: since),
                    ConsoleState.row(
                        "session", record.session?.rawValue ?? "none", "dispatcher", at: record.createdAt),
                    ConsoleState.row(
                        "reason", dispatcher.transitions.last?.reason ?? "none given", "dispatcher",
                        at: since),
                ], since: since)
        }
    }
}
