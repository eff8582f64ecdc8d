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
    ) { state in
        state.backends.flatMap { backend -> [Observation] in
            guard backend.link.isDelivering else { return [] }
            let open = backend.runs.values.indices.filter { backend.runs.values[$0].state == .open }
            return open.compactMap { place in
                let run = backend.runs.values[place]
                guard let last = state.stalledSince(run, in: backend) else { return nil }
                let limit = ConsoleState.silenceLimit(of: run)
                let silence = AgeText.exact(state.now.since(last))
                let whose = run.user.isNone ? "a run" : state.text(run.user)
                let tool = run.tools.last.map { " \(state.text($0.name))" } ?? ""
                return Observation(
                    backend, state.subject(run, of: backend),
                    "\(whose)\(tool) silent for \(silence), \(state.words(limit))",
                    evidence: [
                        ConsoleState.row("last_event_at", last.rfc3339, "events", at: last),
                        ConsoleState.row("events_seen", run.ledger.text, "events", at: last),
                        ConsoleState.row(
                            "tool", tool.isEmpty ? "none" : String(tool.dropFirst()), "events", at: last),
                        ConsoleState.row("session", state.text(run.session.id), "events", at: last),
                    ], since: last + state.time(limit))
            }
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

extension ConsoleState {
    /// How long an open run may be silent where it is: in a tool, or thinking.
    static func silenceLimit(of run: RunState) -> RuleLimit {
        run.tools.isEmpty ? TriageRule.silenceOfThought : TriageRule.silenceOfTool
    }

    /// The last event of an open run whose silence is longer than its state's limit; else nil.
    func stalledSince(_ run: RunState, in backend: BackendState) -> Timestamp? {
        guard run.state == .open, let last = run.times.lastEventAt,
            now.since(last) > time(Self.silenceLimit(of: run)),
            !backend.isEnded(run.session)
        else { return nil }
        return last
    }
}
