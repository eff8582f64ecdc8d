import PatternDetection
import WireProtocol

extension TriageRule {
    private static let openings = RuleLimit.count(
        "context-churn", "contexts", 8, source: "a person does not begin eight conversations in five minutes")
    private static let within = RuleLimit.time(
        "context-churn", "within", .seconds(300), source: "the window of every percentile, DESIGN.md §5")

    /// A user's context is made anew for each message.
    static let contextChurn = TriageRule(
        id: "context-churn", checks: "One user gets context after context where one conversation is meant.",
        threshold: "8 contexts of one user within 5 min, on a path that is neither WebSocket nor background",
        source: "issue 6; signature T32",
        advice: "Reuse the thread's context: the creating call is used where the getting one is meant.",
        severity: .warning, urgency: .error, limits: [openings, within],
        rows: "each user with the number of contexts, and the time of the last one",
        silence: "jobs: one context each by design; sockets (that is reconnect-loop); a probe"
    ) { view in
        view.churning(atLeast: view.number(openings), within: view.time(within)) {
            $0 != .websocket && $0 != .background
        }.map { path, rows in
            Observation(
                .path(path),
                "\(path): a new context for each message, " + rows[0].evidence.value, evidence: rows,
                since: nil)
        }
    }
}
