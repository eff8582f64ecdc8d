import PatternDetection
import WireProtocol

extension TriageRule {
    private static let executed = RuleLimit.count(
        "tool-events-missing", "calls", 2, source: "one call can be between its start and its event")

    /// A dispatcher executes tools, and no tool event comes.
    static let toolEventsMissing = TriageRule(
        id: "tool-events-missing",
        checks: "A dispatcher executed tools while its session sent no tool event at all.",
        threshold: "2 executed calls and no tool event, watched from the dispatcher's creation",
        source: "signatures T10 and T29",
        advice: "Give the dispatcher the event bridge where it is made, and check what sending returns.",
        severity: .warning, urgency: .error, limits: [executed],
        rows: "the dispatcher's executed calls, and the tool events of its session",
        silence:
            "a dispatcher that was there before this console; a singleton or a shared one, whose calls are everybody's; results without calls, which is run-grammar"
    ) { view in
        view.backend.sessions.values.indices.compactMap { place in
            guard view.backend.sessions.values[place].counts.toolEvents == 0,
                view.backend.sessions.values[place].runCount > 0,
                let at = view.backend.dispatchers.place(view.backend.sessions.values[place].dispatcher)
            else { return nil }
            let dispatcher = view.backend.dispatchers.values[at]
            let calls = dispatcher.record.executed.adding(dispatcher.record.failed)
            guard calls >= view.number(executed), dispatcher.record.pattern != .singleton,
                dispatcher.record.owners.count < 2,
                dispatcher.wasWatchedFromBirth
            else { return nil }
            let session = view.backend.sessions.values[place]
            return Observation(
                view.subject(session),
                "\(view.text(session.user))'s dispatcher executed \(CountText.plural(calls, "call")), "
                    + "and no tool event came",
                evidence: [
                    ConsoleState.row(
                        "dispatcher.executed", String(calls), "dispatcher",
                        at: dispatcher.record.lastUsedAt),
                    ConsoleState.row("tool events", "0", "events", at: session.times.lastEventAt),
                ], since: dispatcher.record.createdAt)
        }
    }
}
