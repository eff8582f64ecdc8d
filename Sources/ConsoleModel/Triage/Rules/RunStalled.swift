import PatternDetection
import WireProtocol

extension TriageRule {
    static let silenceOfThought = RuleLimit.time(
        "run-stalled", "thinking", .seconds(30), source: "DESIGN.md §1, rule ids")
    static let silenceOfTool = RuleLimit.time(
        "run-stalled", "tool", .seconds(30),
        source: "DESIGN.md §1, rule ids; a tool that takes longer sets its own")

    /// An open run has sent nothing for too long; a link that is down proves nothing.
    static let runStalled = TriageRule(
        id: "run-stalled", checks: "An open run has sent no event for too long.",
        threshold: "more than 30 s without an event", source: "DESIGN.md §1, rule ids",
        advice: "Open the session: the last event names the tool or model call that it waits for.",
        severity: .critical, urgency: .stuck, limits: [silenceOfThought, silenceOfTool],
        rows: "the last event's time, the five words, the open tool, and the session",
        silence: "a finished run, however old; a run that waits for a person; a link that is down"
    ) { view in
        guard view.backend.link.isDelivering else { return [] }
        let open = view.backend.runs.values.indices.filter { view.backend.runs.values[$0].state == .open }
        return open.compactMap { place in
            let run = view.backend.runs.values[place]
            guard let last = view.stalledSince(run) else { return nil }
            let limit = run.silenceLimit
            let silence = view.exactAge(of: last)
            let whose = run.user.isNone ? "a run" : view.text(run.user)
            let tool = run.tools.last.map { " \(view.text($0.name))" } ?? ""
            return Observation(
                view.subject(run),
                "\(whose)\(tool) silent for \(silence), \(view.words(limit))",
                evidence: [
                    ConsoleState.row("last_event_at", last.rfc3339, "events", at: last),
                    ConsoleState.row("events_seen", run.ledger.text, "events", at: last),
                    ConsoleState.row(
                        "tool", tool.isEmpty ? "none" : String(tool.dropFirst()), "events", at: last),
                    ConsoleState.row("session", view.text(run.session.id), "events", at: last),
                ], since: last + view.time(limit))
        }
    }
}

extension LinkStatus {
    /// Whether silence on this link means anything: it is up, or it is a file that was read to its end.
    var isDelivering: Bool {
        switch state {
        case .connected, .ended: true
        case .connecting: !wasConnected
        case .stale, .lost: false
        }
    }
}

extension RunState {
    /// How long it may be silent while it is open: in a tool, or thinking.
    var silenceLimit: RuleLimit {
        tools.isEmpty ? TriageRule.silenceOfThought : TriageRule.silenceOfTool
    }
}

extension BackendState {
    /// The last event of an open run whose silence is longer than its state's limit; else nil.
    func stalledSince(
        _ run: RunState, isOlder: (Timestamp, RuleLimit) -> Bool
    ) -> Timestamp? {
        guard run.state == .open, let last = run.times.lastEventAt, !isEnded(run.session),
            isOlder(last, run.silenceLimit)
        else { return nil }
        return last
    }
}

extension BackendView {
    /// The last event of an open run that is silent for too long; else nil.
    func stalledSince(_ run: RunState) -> Timestamp? {
        backend.stalledSince(run) { isOlder($0, than: $1) }
    }
}
