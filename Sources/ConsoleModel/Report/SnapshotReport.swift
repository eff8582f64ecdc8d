import PatternDetection
import WireProtocol

extension ConsoleState {
    /// How many ended rows of each kind a document holds (WIRE.md).
    public static let maximumEndedRows = 1000

    /// The whole state as the document of `ctxtop snapshot`, with our verdicts in `detected`.
    public func snapshotDocument(takenAt: Timestamp) -> SnapshotDocument {
        SnapshotDocument(
            takenAt: takenAt, backends: backends.map(document), findings: findingRecords(triage()))
    }

    /// Findings as they travel.
    public func findingRecords(_ findings: [Finding]) -> [FindingRecord] {
        findings.map { finding in
            FindingRecord(
                rule: finding.rule, severity: finding.severity, backend: backend(finding.backend)?.name ?? "",
                subject: finding.subject.text, summary: finding.summary, evidence: finding.evidence,
                advice: finding.advice, since: finding.since)
        }
    }

    func document(_ backend: BackendState) -> BackendDocument {
        var snapshot = BackendSnapshot(name: backend.name)
        snapshot.version = backend.identity.version
        snapshot.instance = backend.identity.instance
        snapshot.bootID = backend.identity.bootID
        snapshot.startedAt = backend.identity.startedAt
        snapshot.startup = backend.identity.startup
        snapshot.health = backend.health.record
        snapshot.paths = backend.paths.values.map { path in
            var record = path.record
            record.detected = path.judgement.verdict
            record.wins = path.judgement.wins
            record.expected = expected(path)
            return record
        }
        let omitted = backend.reception.omitted
        let sessions = bounded(backend.sessions.values, isEnded: \.isEnded, endedAt: { $0.times.endedAt })
        snapshot.sessions = sessions.kept.map { record($0, of: backend) }
        snapshot.sessionsOmitted = omitted.sessions.adding(sessions.omitted)
        let dispatchers = bounded(
            backend.dispatchers.values, isEnded: { $0.disposedAt != nil }, endedAt: { $0.disposedAt })
        snapshot.dispatchers = dispatchers.kept.map(\.record)
        snapshot.dispatchersOmitted = omitted.dispatchers.adding(dispatchers.omitted)
        let runs = bounded(backend.runs.values, isEnded: { $0.state != .open }, endedAt: { $0.times.endedAt })
        snapshot.runs = runs.kept.map(record)
        snapshot.runsOmitted = omitted.runs.adding(runs.omitted)
        snapshot.contexts = backend.extras.contexts.values.joined().sorted { $0.id < $1.id }
        snapshot.limits = backend.extras.limits
        snapshot.checklist = checklist(backend)
        var document = BackendDocument(
            snapshot: snapshot, url: backend.url, dialect: backend.dialect.name, link: backend.link.state)
        document.counters = backend.reception.counters
        return document
    }

    /// All live rows, then the latest ended ones, and how many ended ones are left out.
    private func bounded<Row>(
        _ rows: [Row], isEnded: (Row) -> Bool, endedAt: (Row) -> Timestamp?
    ) -> (kept: [Row], omitted: Int) {
        var ended = rows.filter(isEnded)
        let surplus = ended.count - Self.maximumEndedRows
        if surplus > 0 {
            let never = Timestamp(milliseconds: .min)
            let order = ended.indices.sorted { first, second in
                let (one, other) = (endedAt(ended[first]) ?? never, endedAt(ended[second]) ?? never)
                return one == other ? first < second : one < other
            }
            ended = order.dropFirst(surplus).map { ended[$0] }
        }
        return (rows.filter { !isEnded($0) } + ended, max(0, surplus))
    }

    private func record(_ session: SessionState, of backend: BackendState) -> SessionRecord {
        var record = SessionRecord(
            id: SessionID(rawValue: text(session.id)), user: UserID(rawValue: text(session.user)))
        record.path = session.path.isNone ? nil : ConsumerPath(rawValue: text(session.path))
        (record.state, record.since) = derivedState(session, backend.openRun(session.lastRun), of: backend)
        record.isQueued = session.isQueued && record.state == .waiting
        record.lastEventAt = session.times.lastEventAt
        record.runs = session.runCount
        record.eventsSeen = session.ledger.words
        record.dispatcher = session.dispatcher.isNone ? nil : DispatcherID(rawValue: text(session.dispatcher))
        record.context = backend.extras.context(record.id, of: record.user)?.id
        return record
    }

    private func record(_ run: RunState) -> RunRecord {
        var record = RunRecord(id: RunID(rawValue: text(run.id)))
        record.session = run.session.isNone ? nil : SessionID(rawValue: text(run.session.id))
        record.user = run.user.isNone ? nil : UserID(rawValue: text(run.user))
        record.agent = run.agent
        record.state = run.state
        record.events = run.events
        record.violations = run.violations
        record.grammar = !run.violations.isEmpty ? .violated : run.state == .open ? .open : .ok
        return record
    }

    /// The checklist, asked of what is held now; what only the backend can answer is taken from it.
    public func checklist(_ backend: BackendState) -> [ChecklistRecord] {
        let theirs = backend.extras.checklist
        if backend.paths.values.isEmpty { return theirs }
        let ours = ownChecklist(backend)
        let known = Set(ours.map(\.id))
        return ours.map { item in
            // A backend cannot tell a test from its users' traffic.
            guard item.state == .unknown, item.id != MigrationChecklist.testsID else { return item }
            return theirs.first { $0.id == item.id && $0.state != .unknown } ?? item
        } + theirs.filter { !known.contains($0.id) }
    }

    private func ownChecklist(_ backend: BackendState) -> [ChecklistRecord] {
        let facts = backend.paths.values.map { path in
            MigrationChecklist.PathFacts(
                judgement: path.judgement, evidence: path.record.evidence.map(\.evidence),
                created: path.record.created, failed: path.record.failed, fallbacks: path.record.fallbacks,
                tests: backend.memory.probes[path.record.path].map {
                    .init(passed: $0.passed, failed: $0.failed, hasPassedLast: $0.hasPassedLast)
                })
        }
        let checks = backend.health.record.checks
        let words = Dictionary(
            checks.map { ($0.name, $0.output ?? "") }, uniquingKeysWith: { first, _ in first })
        let startup = backend.identity.startup.phases.map {
            Evidence(EvidenceField(rawValue: "startup.\($0.name)"), $0.status, source: "start-up")
        }
        let known = MigrationChecklist.BackendFacts(
            paths: facts, startup: startup, healthChecks: checks.isEmpty ? nil : words)
        return MigrationChecklist.items(known).map { item in
            ChecklistRecord(
                id: item.id, text: item.text, state: .init(rawValue: item.state.rawValue) ?? .unknown,
                evidence: item.evidence.map { EvidenceRecord($0, at: nil) })
        }
    }
}
