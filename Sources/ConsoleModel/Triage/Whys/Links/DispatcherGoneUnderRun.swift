import PatternDetection
import WireProtocol

extension WhyLink {
    /// Why 2: the dispatcher of an open run was taken away.
    static let dispatcherGoneUnderRun = WhyLink(
        id: "why-dispatcher-gone", level: .immediateCause,
        joins:
            "The run's session names a dispatcher by id; that one was evicted or disposed before the run's end.",
        observe: "the last state of the run's dispatcher"
    ) { question in
        guard let dispatcher = question.dispatcher, let gone = dispatcher.disposedAt,
            let run = question.run, gone <= run.times.endedAt ?? question.state.now(of: question.backend),
            run.state == .open || run.state == .failed || run.state == .lost
        else { return nil }
        switch question.finding.subject {
        case .run, .session, .dispatcher: break
        case .path, .backend: return nil
        }
        if let started = run.times.startedAt, gone < started { return nil }
        let record = dispatcher.record
        let reason = dispatcher.transitions.last?.reason
        let why = reason.map { ": \($0)" } ?? ""
        return Answer(
            headline: "Dispatcher gone",
            statement:
                "dispatcher \(IDText.tail(record.id.rawValue)) was \(record.state.rawValue) while the run was open\(why)",
            evidence: [
                ConsoleState.row("dispatcher.state", record.state.rawValue + why, "dispatcher", at: gone),
                ConsoleState.row(
                    "run.events_seen", run.ledger.text, "events", at: run.times.lastEventAt),
            ], remedy: "Never dispose a dispatcher whose run is open: refuse the new one instead.")
    }
}
