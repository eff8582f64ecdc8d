import PatternDetection
import WireProtocol

extension TriageRule {
    private static let remembered = RuleLimit.time(
        "run-impersonated", "remembered", .seconds(600), source: "the counts of a path cover ten minutes too")

    /// Five perfect events with nothing behind them: a stand-in answered.
    static let runImpersonated = TriageRule(
        id: "run-impersonated",
        checks: "A run finished with all five events while no dispatcher executed its tool call.",
        threshold:
            "1 run of the last 10 min: no dispatcher in its session, or its dispatcher never executed anything",
        source: "DESIGN.md §1, fallback impersonation",
        advice: "Find the handler that answers in the agent's place, and let it say that it does.",
        severity: .critical, urgency: .error, limits: [remembered],
        rows: "the five words, the dispatcher (none, or executed 0), and the path's last outcome",
        silence: "a run without a tool call; a source that shows no dispatchers"
    ) { view in
        guard
            !view.backend.dispatchers.values.isEmpty
                || view.backend.paths.values.contains(where: \.isDeclared),
            view.backend.dialect.coverage.sees(.dispatchers)
        else { return [] }
        return view.backend.past.runs.suffix(500).compactMap { symbol in
            guard let place = view.backend.runs.place(symbol),
                view.backend.runs.values[place].state == .completed,
                view.backend.runs.values[place].times.startedAt != nil,
                view.backend.runs.values[place].ledger.contains(.toolCompleted),
                view.isRecent(view.backend.runs.values[place].times.endedAt, remembered)
            else { return nil }
            return observation(of: view.backend.runs.values[place], in: view)
        }
    }

    private static func observation(
        of run: RunState, in view: BackendView
    ) -> Observation? {
        guard let session = view.backend.sessions[run.session], let path = view.backend.paths[run.path],
            path.isDeclared,
            path.judgement.verdict != .singleton
        else { return nil }
        let dispatcher = view.backend.dispatchers[session.dispatcher]
        let what: String
        if session.dispatcher.isNone {
            guard session.counts.events >= run.events else { return nil }
            what = "no dispatcher"
        } else if let record = dispatcher?.record, record.executed.adding(record.failed) == 0,
            record.state != .unknown, dispatcher?.transitions.isEmpty == false
        {
            what = "a dispatcher that executed nothing"
        } else {
            return nil
        }
        let outcome = path.record.lastOutcome
        return Observation(
            view.subject(run),
            "\(view.text(run.user))'s run sent all five events with \(what) behind them",
            evidence: [
                ConsoleState.row("events_seen", run.ledger.text, "events", at: run.times.endedAt),
                ConsoleState.row(
                    "session.dispatcher",
                    session.dispatcher.isNone ? "none" : "\(view.text(session.dispatcher)), executed 0",
                    "events", at: run.times.endedAt),
                ConsoleState.row(
                    "\(path.record.path).last_outcome", outcome.error ?? outcome.status.rawValue, "creation",
                    at: outcome.at),
            ], since: run.times.endedAt)
    }
}
