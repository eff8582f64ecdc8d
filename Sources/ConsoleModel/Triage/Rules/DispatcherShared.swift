import PatternDetection
import WireProtocol

extension TriageRule {
    private static let remembered = RuleLimit.time(
        "dispatcher-shared", "remembered", .seconds(3_600),
        source:
            "a breach must be seen by the next person who looks; the isolation statement keeps it for good")

    /// A factory dispatcher served two users: the isolation is broken.
    static let dispatcherShared = TriageRule(
        id: "dispatcher-shared", checks: "A dispatcher made for one user has served another one too.",
        threshold:
            "2 owners of a factory dispatcher; for as long as it lives and an hour after; a singleton never counts",
        source: "DESIGN.md §1, dispatcher lifecycle",
        advice: "Stop the path, and find where the dispatcher is cached across user contexts.",
        severity: .critical, urgency: .breach, limits: [remembered],
        rows: "the owners, and the pattern that made the dispatcher",
        silence: "a singleton, which is everybody's; one user's two sessions"
    ) { view in
        let dispatchers = view.backend.dispatchers
        return dispatchers.values.indices.compactMap { place in
            // Nearly none has two owners, and a copy or a look at its session costs more than this.
            guard
                dispatchers.values[place].record.state == .shared
                    || dispatchers.values[place].record.owners.count > 1
            else { return nil }
            let dispatcher = dispatchers.values[place]
            let record = dispatcher.record
            guard view.backend.isPerUser(record, view.symbols) else { return nil }
            if dispatcher.disposedAt != nil, !view.isRecent(dispatcher.disposedAt, remembered) { return nil }
            let owners = record.owners.sorted().prefix(4).map(\.rawValue).joined(separator: ", ")
            let more = record.owners.count > 4 ? " and \(record.owners.count - 4) more" : ""
            return Observation(
                .dispatcher(record.id),
                "a \(record.pattern.name) dispatcher served \(record.owners.count) users: \(owners)\(more)",
                evidence: [
                    ConsoleState.row("owners", owners + more, "dispatcher", at: record.lastUsedAt),
                    ConsoleState.row(
                        "pattern", record.pattern.description, "dispatcher", at: record.createdAt),
                ], since: nil)
        }
    }
}

extension BackendState {
    /// Whether a dispatcher was made for one user: it says so, or its session's path is on the factory pattern.
    func isPerUser(_ record: DispatcherRecord, _ symbols: SymbolTable) -> Bool {
        switch record.pattern {
        case .factory, .factoryFallback: return true
        case .singleton: return false
        case .mixed, .hollow, .unconfigured, .missingComponent, .unknown:
            guard let session = record.session, let place = sessions.place(session, of: record.user, symbols),
                let path = paths[sessions.values[place].path]
            else { return record.state == .shared }
            switch path.judgement.verdict {
            case .factory, .factoryFallback: return true
            case .mixed: return path.judgement.wins == .factory
            case .singleton, .hollow, .unconfigured, .missingComponent: return false
            case .unknown: return record.state == .shared
            }
        }
    }
}
