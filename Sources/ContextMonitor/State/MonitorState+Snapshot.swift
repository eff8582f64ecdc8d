import PatternDetection
import WireProtocol

extension MonitorState {
    /// The whole state as the snapshot route gives it; complete up to its `lastEventId`.
    func snapshot(now: Timestamp) -> BackendSnapshot {
        var snapshot = BackendSnapshot(name: configuration.name)
        snapshot.version = configuration.version
        snapshot.instance = configuration.instance
        snapshot.bootID = configuration.bootID
        snapshot.startedAt = startedAt
        snapshot.startup = startup
        snapshot.health = health(now: now)
        snapshot.paths = pathRecords
        snapshot.sessions =
            sessions.values.map(\.record).sorted { $0.key < $1.key } + Array(endedSessions.records)
        snapshot.sessionsOmitted = endedSessions.omitted
        snapshot.dispatchers =
            dispatchers.values.map { shown($0, now: now) }.sorted { $0.id < $1.id }
            + disposedDispatchers.records.map(\.record)
        snapshot.dispatchersOmitted = disposedDispatchers.omitted
        snapshot.runs = runs.values.map(\.record).sorted { $0.key < $1.key } + Array(finishedRuns.records)
        snapshot.runsOmitted = finishedRuns.omitted
        snapshot.contexts = contexts.values.sorted { $0.key < $1.key }
        snapshot.limits = limits
        snapshot.checklist = checklist(snapshot.health)
        snapshot.lastEventID = "\(configuration.bootID)-\(ring.nextNumber - 1)"
        snapshot.history = history.records(now: now)
        return snapshot
    }

    /// The paths in the order they were declared.
    var pathRecords: [PathRecord] { pathOrder.compactMap { paths[$0] } }

    private func checklist(_ health: HealthRecord) -> [ChecklistRecord] {
        let facts = pathRecords.map {
            MigrationChecklist.PathFacts(
                judgement: $0.judgement, evidence: $0.evidence.map(\.evidence), created: $0.created,
                failed: $0.failed, fallbacks: $0.fallbacks)
        }
        let known = MigrationChecklist.BackendFacts(
            paths: facts,
            startup: startup.phases.map {
                Evidence(EvidenceField(rawValue: "startup.\($0.name)"), $0.status, source: "start-up")
            },
            healthChecks: Dictionary(
                health.checks.map { ($0.name, $0.output ?? "") }, uniquingKeysWith: { first, _ in first }))
        return MigrationChecklist.items(known).map { item in
            ChecklistRecord(
                id: item.id, text: item.text, state: .init(rawValue: item.state.rawValue) ?? .unknown,
                evidence: item.evidence.map { EvidenceRecord($0, at: nil) })
        }
    }
}
