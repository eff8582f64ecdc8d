import PatternDetection
import WireProtocol

extension BackendState {
    /// Begins a session and gives its place.
    mutating func openSession(_ id: Symbol, user: Symbol, at moment: Timestamp?) -> Int {
        var session = SessionState(key: sessions.newKey(id, of: user))
        session.user = user
        session.times.openedAt = moment
        session.times.since = moment
        session.ordinal = past.number(of: user)
        return sessions.insert(session, for: session.key)
    }

    /// Opens a session again that had ended; its state is unknown until something says what it does.
    mutating func reopen(_ place: Int) {
        let (key, user) = (sessions.values[place].key, sessions.values[place].user)
        sessions[place: place].state = .unknown
        sessions[place: place].times.endedAt = nil
        past.sessions.removeAll { $0 == key }
        sessions[place: place].ordinal = past.number(of: user)
    }

    /// Learns whose a session is, where its first events did not say.
    mutating func learnUser(_ user: Symbol, ofSessionAt place: Int) {
        past.endOne(of: .none)
        sessions[place: place].user = user
        sessions[place: place].ordinal = past.number(of: user)
    }

    /// Gives a session the name that became known; one of that name that is there takes its runs over.
    mutating func rename(_ place: Int, to id: Symbol) {
        let old = sessions.keys[place]
        guard old.id != id else { return }
        var session = sessions.values[place]
        let key: OwnedSymbol
        if let other = sessions.place(id, of: session.user) {
            key = sessions.keys[other]
            sessions[place: other].adopt(session)
            past.endOne(of: session.user)
            sessions.remove(old)
        } else {
            key = sessions.newKey(id, of: session.user)
            session.key = key
            sessions.remove(old)
            sessions.insert(session, for: key)
        }
        for run in runs.values.indices where runs.values[run].session == old {
            runs[place: run].session = key
        }
    }

    /// Ends a session; its open runs can end no more, and its dispatchers should go.
    mutating func end(_ key: OwnedSymbol, at moment: Timestamp) {
        guard let place = sessions.place(key), !sessions[place: place].isEnded else { return }
        sessions[place: place].state = .ended
        sessions[place: place].times.since = moment
        sessions[place: place].times.endedAt = moment
        past.endOne(of: sessions[place: place].user)
        past.sessions.append(key)
        if let run = runs.place(sessions[place: place].lastRun), runs[place: run].state == .open,
            runs[place: run].session == key
        {
            runs[place: run].state = .lost
            runs[place: run].times.endedAt = moment
            runs[place: run].tools = []
            past.runs.append(runs[place: run].key)
        }
        if let dispatcher = dispatchers.place(sessions[place: place].dispatcher),
            dispatchers[place: dispatcher].disposedAt == nil
        {
            dispatchers[place: dispatcher].sessionEndedAt = moment
        }
    }

    /// Lets the oldest ended rows go above ``Past/maximumRows``, a few hundred at a time, and counts them.
    mutating func forgetOldest() {
        for key in Self.surplus(&past.sessions, &reception.omitted.sessions) { sessions.remove(key) }
        // An id that is in use again is not over, whatever was before it.
        for key in Self.surplus(&past.runs, &reception.omitted.runs) where openRun(key) == nil {
            runs.remove(key)
        }
        for id in Self.surplus(&past.dispatchers, &reception.omitted.dispatchers) { dispatchers[id] = nil }
    }

    private static func surplus<Key>(_ past: inout [Key], _ omitted: inout Int) -> [Key] {
        let surplus = past.count - Past.maximumRows
        guard surplus > Past.slack else { return [] }
        let oldest = Array(past.prefix(surplus))
        past.removeFirst(surplus)
        omitted = omitted.adding(surplus)
        return oldest
    }
}
