import PatternDetection
import WireProtocol

extension TriageRule {
    private static let alone = RuleLimit.time(
        "dispatcher-orphaned", "alone", .seconds(30),
        source: "as dispatcher-leaked: what still ends takes less")

    /// Nothing refers to a dispatcher that is alive.
    static let dispatcherOrphaned = TriageRule(
        id: "dispatcher-orphaned",
        checks: "A live dispatcher belongs to no context, or its session has another one.",
        threshold: "more than 30 s, or the backend says orphaned",
        source: "DESIGN.md §1, dispatcher lifecycle",
        advice: "Dispose a dispatcher that is replaced, and attach one before it is registered.",
        severity: .warning, urgency: .error, limits: [alone],
        rows: "the dispatcher's session, and the dispatcher that this session uses",
        silence: "a singleton, which is everybody's; a session that has ended (that is dispatcher-leaked)"
    ) { view in
        view.backend.dispatchers.values.indices.compactMap { place in
            switch view.backend.dispatchers.values[place].record.state {
            case .active, .executing, .idle, .orphaned: break
            case .requested, .initializing, .draining, .disposed, .halfBuilt, .leaked, .evicted, .shared,
                .unknown:
                return nil
            }
            guard view.backend.dispatchers.values[place].record.pattern != .singleton,
                isSuspect(place, view)
            else { return nil }
            return observation(of: view.backend.dispatchers.values[place], in: view)
        }
    }

    /// Whether it is worth a closer look; nearly none of ten thousand is, and copying them all would cost more.
    private static func isSuspect(_ place: Int, _ view: BackendView) -> Bool {
        guard view.backend.dispatchers.values[place].record.state != .orphaned else { return true }
        guard let session = view.backend.dispatchers.values[place].record.session else { return false }
        let user = view.backend.dispatchers.values[place].record.user
        guard let found = view.backend.sessions.place(session, of: user, view.symbols) else { return true }
        return view.backend.sessions.values[found].dispatcher != view.backend.dispatchers.keys[place]
    }

    private static func observation(
        of dispatcher: DispatcherState, in view: BackendView
    ) -> Observation? {
        let record = dispatcher.record
        let last = dispatcher.transitions.last?.at ?? record.lastUsedAt ?? record.createdAt
        let since = max(last ?? view.watchedSince, view.watchedSince)
        let isOld = view.isOlder(since, than: alone)
        let session = record.session.flatMap { id in
            view.backend.sessions.place(id, of: record.user, view.symbols).map {
                view.backend.sessions.values[$0]
            }
        }
        var uses = "none"
        if record.state != .orphaned {
            guard isOld, record.pattern != .unknown else { return nil }
            if let session {
                guard !session.isEnded, !session.dispatcher.isNone,
                    view.text(session.dispatcher) != record.id.rawValue
                else { return nil }
                uses = view.text(session.dispatcher)
            } else {
                // Without a session only a complete list of sessions proves that there is none.
                guard view.backend.reception.hasSnapshot, view.backend.reception.omitted.sessions == 0,
                    record.session != nil
                else { return nil }
            }
        }
        let owner = record.user.map { "\($0)" } ?? "nobody"
        return Observation(
            .dispatcher(record.id),
            session == nil
                ? "\(owner)'s dispatcher belongs to no context that is known"
                : "\(owner)'s session uses another dispatcher, and this one is still there",
            evidence: [
                ConsoleState.row("state", record.state.rawValue, "dispatcher", at: last),
                ConsoleState.row(
                    "session", record.session?.rawValue ?? "none", "dispatcher", at: record.createdAt),
                ConsoleState.row("session.dispatcher", uses, "events", at: session?.times.lastEventAt),
            ], since: since + view.time(alone))
    }
}
