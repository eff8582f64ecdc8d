import PatternDetection
import WireProtocol

extension TriageRule {
    private static let remembered = RuleLimit.time(
        "context-reused", "remembered", .seconds(3_600),
        source:
            "a breach must be seen by the next person who looks; the isolation statement keeps it for good")

    /// A context id came back with another user.
    static let contextReused = TriageRule(
        id: "context-reused", checks: "A context id that belonged to one user is used by another one.",
        threshold: "1 id with two users within the last hour", source: "issue 6, isolation statement",
        advice: "Make context ids unique for ever, and never take one from the client.",
        severity: .critical, urgency: .breach, limits: [remembered],
        rows: "each id with its first and its second user",
        silence: "the same user's context after a reconnect; another boot of the backend"
    ) { view in
        let reused = view.backend.memory.crossings.filter {
            $0.kind == .context && view.isRecent($0.at, remembered)
        }
        guard let first = reused.first else { return [] }
        let more = reused.count > 1 ? ", and \(reused.count - 1) more" : ""
        return [
            Observation(
                .backend(view.backend.name),
                "context \(IDText.tail(first.subject)) was \(first.owner)'s and is \(first.other)'s\(more)",
                evidence: reused.prefix(8).map {
                    ConsoleState.row(
                        "context", "\($0.subject): \($0.owner), then \($0.other)", "snapshot", at: $0.at)
                }, since: first.at)
        ]
    }
}
