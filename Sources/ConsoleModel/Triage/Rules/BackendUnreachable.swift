import PatternDetection
import WireProtocol

extension TriageRule {
    private static let patienceOfLinks = RuleLimit.time(
        "backend-unreachable", "patience", .seconds(30),
        source: "the longest pause between two tries of a link")

    /// A backend does not answer any more, or never did.
    static let backendUnreachable = TriageRule(
        id: "backend-unreachable", checks: "The link to a backend is lost.",
        threshold: "more than 30 s after it was connected; at once where it never was",
        source: "an operator must know that the screen is old",
        advice:
            "Look whether the process runs and listens, and whether the network lets this machine through.",
        severity: .critical, urgency: .brokenPath, limits: [patienceOfLinks],
        rows: "why the link is lost, and when anything came last",
        silence: "a file that ended; a link that is down for less than its patience"
    ) { view in
        let link = view.backend.link
        guard link.state == .lost, let since = link.since,
            !link.wasConnected || view.isOlder(since, than: patienceOfLinks)
        else { return [] }
        let last = view.backend.reception.lastAnswerAt
        return [
            Observation(
                .backend(view.backend.name), "no answer: \(link.reason ?? "the link is lost")",
                evidence: [
                    ConsoleState.row("link", link.reason ?? "lost", "link", at: since),
                    ConsoleState.row(
                        "last_received_at", last?.rfc3339 ?? "never", "link", at: last),
                ], since: since)
        ]
    }
}
