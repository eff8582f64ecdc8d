import PatternDetection
import WireProtocol

extension WhyLink {
    /// Why 2: two users' sessions name the same dispatcher.
    static let secondOwner = WhyLink(
        id: "why-second-owner", level: .immediateCause,
        joins: "Sessions of different users, joined on the id of their dispatcher.",
        observe: "two sessions that name the same dispatcher"
    ) { question in
        guard case .dispatcher = question.finding.subject, let dispatcher = question.dispatcher else {
            return nil
        }
        let (state, backend) = (question.state, question.backend)
        guard let symbol = state.symbols.find(dispatcher.record.id.rawValue) else { return nil }
        let sessions = backend.sessions.values.filter { $0.dispatcher == symbol }
        let users = Set(sessions.map(\.user))
        guard users.count > 1 else { return nil }
        return Answer(
            headline: "One dispatcher, \(users.count) users",
            statement:
                "\(CountText.plural(sessions.count, "session")) of \(users.count) users name dispatcher "
                + IDText.tail(dispatcher.record.id.rawValue),
            evidence: sessions.prefix(6).map {
                ConsoleState.row(
                    "session.dispatcher", "\(state.text($0.user)) \(state.text($0.id))", "events",
                    at: $0.times.lastEventAt)
            }, remedy: "Key the cache that returns dispatchers by user context, or do not cache them.")
    }
}
