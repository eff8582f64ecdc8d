import WireProtocol

/// The sessions that ended last, so that whoever was away when they did can still read what was missed.
///
/// Bounded by their number and by the events that they hold; the user who holds the most loses the oldest.
struct EndedSessions {
    /// How many are kept.
    static let limit = 1000
    /// How many events all of them may hold: 50,000, as many as the operators' ring, about 20 MB.
    static let eventLimit = 50_000

    private var order = ForgettingOrder()
    private var sessions: [Owned<SessionID>: Session] = [:]
    private(set) var events = 0

    /// The user's ended session of that id; nil when it is forgotten.
    subscript(key: Owned<SessionID>) -> Session? { sessions[key] }

    /// The user's session that had that run, and how the run ended.
    func run(_ run: RunID, of user: UserID) -> (session: Session, end: RunEnd)? {
        for session in sessions.values where session.user == user {
            if let end = session.endedRuns[run] { return (session, end) }
        }
        return nil
    }

    /// Keeps one that has ended; an id that was used again counts once.
    mutating func append(_ session: Session) {
        forget(session.key)
        var kept = session
        kept.dispatcher = nil
        kept.runs = [:]
        kept.waiting = []
        kept.grace = nil
        sessions[kept.key] = kept
        // A session weighs at least its share, so that empty ones count too.
        order.append(kept.key, weight: kept.log.count + Self.eventLimit / Self.limit)
        events += kept.log.count
        while order.count > Self.limit || events > Self.eventLimit, let next = order.next { forget(next) }
    }

    /// Forgets one, because it is too old or its id lives again.
    mutating func forget(_ key: Owned<SessionID>) {
        guard let session = sessions.removeValue(forKey: key) else { return }
        events -= session.log.count
        order.remove(key)
    }
}
