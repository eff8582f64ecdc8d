import PatternDetection
import WireProtocol

extension TriageRule {
    static let silenceOfThought = RuleLimit.time(
        "run-stalled", "thinking", .seconds(30), source: "DESIGN.md §1, rule ids")
    static let silenceOfTool = RuleLimit.time(
        "run-stalled", "tool", .seconds(30),
        source: "DESIGN.md §1, rule ids; a tool that takes longer sets its own")
    static let silenceOfStep = RuleLimit.time(
        "run-stalled", "step", .seconds(180),
        source: "Tests/Trials: healthy steps of 120 s show nothing until they end, and a minute more")

    /// An open run has sent nothing for too long; a link that is down proves nothing.
    static let runStalled = TriageRule(
        id: "run-stalled", checks: "An open run has sent no event for too long.",
        threshold: "more than 30 s without an event; 180 s where a step is silent until it ends",
        source: "DESIGN.md §1, rule ids",
        advice: "Open the session: the last event names the tool or model call that it waits for.",
        severity: .critical, urgency: .stuck, limits: [silenceOfThought, silenceOfTool, silenceOfStep],
        rows: "the last event's time, the five words, the open tool, and the session",
        silence: "a finished run, however old; a run that waits for a person; a link that is down; "
            + "a source that cannot show a step before its end gets a notice"
    ) { view in
        guard view.backend.link.isDelivering else { return [] }
        let open = view.backend.runs.values.indices.filter { view.backend.runs.values[$0].state == .open }
        return open.compactMap { place in
            let run = view.backend.runs.values[place]
            guard let last = view.silentSince(run) else { return nil }
            let limit = view.backend.silenceLimit(of: run)
            let isStalled = view.backend.dialect.coverage.timing == .asItHappens
            let silence = view.exactAge(of: last)
            let whose = run.user.isNone ? "a run" : view.text(run.user)
            let tool = run.tools.last.map { " \(view.text($0.name))" } ?? ""
            return Observation(
                view.subject(run),
                isStalled
                    ? "\(whose)\(tool) silent for \(silence), \(view.words(limit))"
                    : "\(whose)\(tool): no step visible for \(silence); \(view.backend.timingWords)",
                evidence: [
                    ConsoleState.row("last_event_at", last.rfc3339, "events", at: last),
                    ConsoleState.row("events_seen", run.ledger.text, "events", at: last),
                    ConsoleState.row(
                        "tool", tool.isEmpty ? "none" : String(tool.dropFirst()), "events", at: last),
                    ConsoleState.row("session", view.text(run.session.id), "events", at: last),
                ], since: last + view.time(limit), severity: isStalled ? nil : .notice)
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

extension BackendState {
    /// How long an open run may be silent: in a tool, or thinking, or in a step of a source that shows its end only.
    func silenceLimit(of run: RunState) -> RuleLimit {
        let coverage = dialect.coverage
        if coverage.timing != .asItHappens || coverage.isSilentWithinSteps { return TriageRule.silenceOfStep }
        return run.tools.isEmpty ? TriageRule.silenceOfThought : TriageRule.silenceOfTool
    }

    /// The last event of an open run whose silence is longer than its limit, and proves that it is stalled.
    func stalledSince(_ run: RunState, isOlder: (Timestamp, RuleLimit) -> Bool) -> Timestamp? {
        dialect.coverage.timing == .asItHappens ? silentSince(run, isOlder: isOlder) : nil
    }

    /// The same, whether or not it proves anything.
    func silentSince(_ run: RunState, isOlder: (Timestamp, RuleLimit) -> Bool) -> Timestamp? {
        guard run.state == .open, let last = run.times.lastEventAt, !isEnded(run.session),
            !isWaiting(run.session), isOlder(last, silenceLimit(of: run))
        else { return nil }
        return last
    }

    /// Why silence proves nothing on this source.
    fileprivate var timingWords: String {
        switch dialect.coverage.timing {
        case .asItHappens: "it shows steps as they happen"
        case .atItsEnd: "this source shows a step when it ends"
        case .snapshotsOnly: "this source is polled"
        }
    }
}

extension BackendView {
    /// The last event of an open run that shows nothing for longer than its source's limit; else nil.
    func silentSince(_ run: RunState) -> Timestamp? {
        backend.silentSince(run) { isOlder($0, than: $1) }
    }

    /// The last event of an open run that is silent for too long; else nil.
    func stalledSince(_ run: RunState) -> Timestamp? {
        backend.stalledSince(run) { isOlder($0, than: $1) }
    }
}
