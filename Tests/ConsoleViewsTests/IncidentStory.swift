import ConsoleModel
import PatternDetection
import WireProtocol

/// The seed's incident as a console sees it, at a fixed moment, without a clock or a socket.
enum IncidentStory {
    static let start = Timestamp(milliseconds: 1_795_486_480_000)
    static let backend = BackendKey(0)

    static func moment(_ seconds: Double) -> Timestamp { start + .milliseconds(Int(seconds * 1000)) }

    /// The snapshot of a backend whose WebSocket path still wants the singleton.
    static var snapshot: BackendSnapshot {
        var snapshot = BackendSnapshot(name: "prod-chat")
        snapshot.version = "2.14.0"
        snapshot.instance = "web-1"
        snapshot.bootID = "b"
        snapshot.startedAt = moment(-273_600)
        snapshot.startup.phase = "complete"
        snapshot.paths = [
            path(
                .websocket, [(.toolClasses, "4"), (.toolDispatcher, "nil"), (.requires, "tool_dispatcher")],
                created: 0, failed: 312,
                OutcomeRecord(
                    .error, error: "Required component tool_dispatcher is missing or None", at: moment(118))),
            path(
                .http, [(.toolClasses, "4"), (.toolDispatcher, "nil")], created: 1204, failed: 0,
                OutcomeRecord(.ok, at: moment(119))),
            path(
                .background, [(.toolClasses, "absent"), (.toolDispatcher, "present")], created: 96, failed: 0,
                OutcomeRecord(.ok, at: moment(110))),
        ]
        snapshot.sessions = [
            session(
                "01a2-c07d12", "ada@acme.io", .http, .running, 79,
                [.agentStarted, .agentThinking, .toolExecuting]),
            session("01a2-c1e001", "chen@acme.io", .websocket, .error, 118, []),
            session("01a2-c1e002", "mira@globex.eu", .websocket, .error, 117, []),
            session(
                "01a2-c1e003", "lee@initech.io", .background, .running, 119, [.agentStarted, .agentThinking]),
            session("01a2-c1e004", "山田@example.jp", .http, .waiting, 60, [.agentStarted, .agentThinking]),
            session(
                "01a2-c1e005", "ada@acme.io", .http, .idle, 20,
                [.agentStarted, .agentThinking, .agentCompleted]),
            session(
                "01a2-c1e006", "zoe\u{1B}[31m@globex.eu", .http, .idle, 10, [.agentStarted, .agentCompleted]),
        ]
        var run = RunRecord(id: "01a2-e10a93")
        (run.session, run.user, run.agent, run.state, run.events) = (
            "01a2-c07d12", "ada@acme.io", "researcher", .open, 3
        )
        snapshot.runs = [run]
        var dispatcher = DispatcherRecord(id: "01a2-19af19")
        (dispatcher.user, dispatcher.session, dispatcher.state, dispatcher.pattern) = (
            "ada@acme.io", "01a2-c07d12", .executing, .factory
        )
        (dispatcher.inFlight, dispatcher.executed, dispatcher.failed, dispatcher.owners) = (
            1, 17, 1, ["ada@acme.io"]
        )
        dispatcher.createdAt = moment(-200)
        snapshot.dispatchers = [dispatcher]
        snapshot.lastEventID = "b-100"
        return snapshot
    }

    private static func path(
        _ path: ConsumerPath, _ rows: [(EvidenceField, String)], created: Int, failed: Int,
        _ outcome: OutcomeRecord
    ) -> PathRecord {
        var record = PathRecord(path: path)
        record.evidence = rows.map { EvidenceRecord(Evidence($0.0, $0.1, source: "start-up"), at: moment(0)) }
        record.detected = record.judgement.verdict
        record.expected = .factory
        (record.created, record.failed, record.lastOutcome) = (created, failed, outcome)
        return record
    }

    private static func session(
        _ id: SessionID, _ user: UserID, _ path: ConsumerPath, _ state: SessionRecord.State, _ second: Double,
        _ words: [OperatorWord]
    ) -> SessionRecord {
        var record = SessionRecord(id: id, user: user)
        (record.path, record.state, record.since, record.lastEventAt) = (
            path, state, moment(second), moment(second)
        )
        (record.runs, record.eventsSeen) = (1, words)
        return record
    }

    /// A console that has heard all that, two minutes in.
    static func store(width: Int = 80, height: Int = 24) -> Store {
        var health = HealthRecord(.pass)
        (health.httpStatus, health.latencyMs, health.at) = (200, 12, moment(119))
        health.checks = [CheckRecord(name: "pattern:websocket", status: .pass)]
        var store = Store(ConsoleState(now: moment(100)))
        for action: Action in [
            .resize(width: width, height: height), .addBackend(backend, url: "http://prod:8700"),
            .received(backend, .dialect(name: "native", coverage: .whole), at: moment(119)),
            .received(backend, .health(health, body: Array("{\"status\":\"pass\"}".utf8)), at: moment(119)),
            .received(backend, .snapshot(snapshot), at: moment(119)),
            .received(backend, .link(.connected, reason: nil, retryIn: nil), at: moment(119)),
            .tick(moment(120)),
        ] { _ = store.send(action) }
        return store
    }
}
