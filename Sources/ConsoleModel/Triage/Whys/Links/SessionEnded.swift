import PatternDetection
import WireProtocol

extension WhyLink {
    /// Why 2: the session is over, and what belongs to it is not.
    static let sessionEnded = WhyLink(
        id: "why-session-ended", level: .immediateCause,
        joins: "The dispatcher or run names a session by id; that session's own record says ended.",
        observe: "the end of the session that it belongs to"
    ) { question in
        guard let session = question.session, let ended = session.times.endedAt, session.isEnded else {
            return nil
        }
        let id = question.state.text(session.id)
        var rows = [ConsoleState.row("session", "\(id) ended", "events", at: ended)]
        switch question.finding.subject {
        case .dispatcher:
            guard let dispatcher = question.dispatcher, dispatcher.disposedAt == nil else { return nil }
            let last = dispatcher.transitions.last
            rows.append(
                ConsoleState.row(
                    "dispatcher.state", dispatcher.record.state.rawValue, "dispatcher",
                    at: last?.at ?? dispatcher.record.lastUsedAt))
            return Answer(
                headline: "Not disposed",
                statement: "session \(IDText.tail(id)) ended and nobody disposed its dispatcher",
                evidence: rows, remedy: "Dispose the dispatcher where the session ends, errors included.")
        case .run:
            guard let run = question.run, run.state == .lost || run.state == .open else { return nil }
            rows.append(
                ConsoleState.row(
                    "run.events_seen", run.ledger.text, "events", at: run.times.lastEventAt))
            return Answer(
                headline: "Ended from outside",
                statement: "session \(IDText.tail(id)) ended while the run was open", evidence: rows,
                remedy: "Send RUN_ERROR or a cancelled RUN_FINISHED before the session ends.")
        case .session, .path, .backend: return nil
        }
    }
}
