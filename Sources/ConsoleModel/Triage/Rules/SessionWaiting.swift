import PatternDetection
import WireProtocol

extension TriageRule {
    private static let noticeAfter = RuleLimit.time(
        "session-waiting", "notice", .seconds(60),
        source: "a person needs a minute to answer, and a worker rarely as long to be free")
    private static let warnAfter = RuleLimit.time(
        "session-waiting", "warning", .seconds(900),
        source: "a quarter of an hour is longer than anybody means to wait")

    /// A session waits for a person to decide, or for a worker that takes its run.
    static let sessionWaiting = TriageRule(
        id: "session-waiting",
        checks: "A session waits for a person who was asked, or for a worker that takes its run.",
        threshold: "a notice after 60 s, a warning after 15 min", source: "issue 6, waiting for a human",
        advice:
            "Ask the user, or let the request expire and tell the agent. For a queue, look at the workers.",
        severity: .notice,
        urgency: .waiting, limits: [noticeAfter, warnAfter], rows: "the session's state and since when",
        silence: "an idle session: nobody is asked anything"
    ) { view in
        view.backend.sessions.values.indices.compactMap { place in
            guard view.backend.sessions.values[place].state == .waiting,
                let since = view.backend.sessions.values[place].times.since
            else { return nil }
            guard view.isOlder(since, than: noticeAfter) else { return nil }
            let session = view.backend.sessions.values[place]
            let (user, age) = (view.text(session.user), view.exactAge(of: since))
            let words =
                session.isQueued
                ? "\(user.isEmpty ? "a" : user + "'s") run has waited for a worker for \(age)"
                : "\(user.isEmpty ? "a person" : user) has been asked and not answered for \(age)"
            return Observation(
                view.subject(session), words,
                evidence: [
                    ConsoleState.row(
                        "state", session.isQueued ? "queued" : "waiting",
                        session.isQueued ? "snapshot" : "events", at: since)
                ],
                since: since + view.time(noticeAfter),
                severity: view.isOlder(since, than: warnAfter) ? .warning : .notice)
        }
    }
}
