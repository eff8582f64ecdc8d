import ConsoleModel
import PatternDetection
import WireProtocol

/// The incident of ``IncidentStory`` with events: one user's session whose second run hangs in a tool.
enum LiveStory {
    static let session: SessionID = "01a2-c07d12"

    /// A console that saw ada's session from its first event on.
    static func store(width: Int = 80, height: Int = 24) -> Store {
        var store = IncidentStory.store(width: width, height: height)
        var lines: [UInt8] = []
        for event in dispatcherEvents + firstRun + otherUsers + hangingRun { lines += event.line + [0x0A] }
        _ = store.send(
            .received(
                IncidentStory.backend, .events(EventBatch(lines: lines)), at: IncidentStory.moment(120)))
        _ = store.send(.tick(IncidentStory.moment(121)))
        return store
    }

    private static func about(
        _ run: String?, _ sequence: Int?, user: UserID = "ada@acme.io", session: SessionID = session,
        path: String = "http"
    ) -> EventMetadata {
        var about = EventMetadata()
        about.user = user
        about.session = session
        about.run = run.map { RunID(rawValue: $0) }
        about.path = path
        about.sequence = sequence
        return about
    }

    private static func event(
        _ type: EventType, _ second: Double, _ run: String, _ sequence: Int, _ fields: JSONObject = [:]
    ) -> OutgoingEvent {
        OutgoingEvent(
            type, at: IncidentStory.moment(second), fields, metadata: about(run, sequence))
    }

    private static let steps: [(DispatcherRecord.State, Double)] = [
        (.requested, 10.204), (.initializing, 10.206), (.active, 10.207), (.executing, 79.9),
    ]
    private static let dispatcherEvents: [OutgoingEvent] = steps.map { step, second in
        var move = DispatcherMove(id: "01a2-19af19", to: step)
        move.owners = ["ada@acme.io"]
        move.executed = 17
        move.failed = 1
        return OutgoingEvent(move, at: IncidentStory.moment(second), metadata: about(nil, nil))
    }

    private static let firstRun: [OutgoingEvent] = [
        event(.runStarted, 12, "01a2-d94c21", 0),
        event(.textMessageContent, 12.4, "01a2-d94c21", 1, ["delta": "I look for the table first"]),
        event(.toolCallStart, 13, "01a2-d94c21", 2, ["toolCallId": "c1", "toolCallName": "web_search"]),
        event(.toolCallResult, 15.3, "01a2-d94c21", 3, ["toolCallId": "c1", "content": "17 rows"]),
        event(.runFinished, 16.2, "01a2-d94c21", 4, ["outcome": ["type": "success"]]),
        event(.runStarted, 30, "01a2-d77b08", 0),
        event(.toolCallStart, 30.5, "01a2-d77b08", 1, ["toolCallId": "c2", "toolCallName": "sql_query"]),
        event(.runError, 39.8, "01a2-d77b08", 2, ["message": "sql_query: timeout"]),
    ]

    private static let hangingRun: [OutgoingEvent] = [
        event(.runStarted, 71, "01a2-e10a93", 0),
        event(.textMessageContent, 71.3, "01a2-e10a93", 1, ["delta": "I need the churn table first"]),
        event(.toolCallStart, 79.9, "01a2-e10a93", 2, ["toolCallId": "c3", "toolCallName": "sql_query"]),
    ]

    private static let otherUsers: [OutgoingEvent] = [
        OutgoingEvent(
            CreationReport(
                path: .init(rawValue: "websocket"), status: .error,
                error: "Required component tool_dispatcher is missing or None"),
            at: IncidentStory.moment(60),
            metadata: about(nil, nil, user: "chen@acme.io", session: "01a2-c1e001", path: "websocket")),
        OutgoingEvent(
            .textMessageContent, at: IncidentStory.moment(65), ["delta": "page 3 of 9"],
            metadata: about("01a2-lee", 0, user: "lee@initech.io", session: "01a2-c1e003", path: "background")
        ),
    ]
}

/// The states that every view is drawn in.
enum StoryState: String, CaseIterable {
    case empty, loading, usual, overflowing, disconnected

    /// A console in that state.
    func store(width: Int, height: Int) -> Store {
        switch self {
        case .loading:
            var store = Store(ConsoleState(now: IncidentStory.start))
            _ = store.send(.resize(width: width, height: height))
            _ = store.send(.addBackend(IncidentStory.backend, url: "http://prod:8700"))
            return store
        case .empty:
            var store = StoryState.loading.store(width: width, height: height)
            var health = HealthRecord(.pass)
            (health.httpStatus, health.latencyMs, health.at) = (200, 3, IncidentStory.moment(1))
            for message: Message in [
                .dialect(name: "native", coverage: .whole), .health(health, body: []),
                .snapshot(BackendSnapshot(name: "prod-chat")), .link(.connected, reason: nil, retryIn: nil),
            ] { _ = store.send(.received(IncidentStory.backend, message, at: IncidentStory.moment(1))) }
            _ = store.send(.tick(IncidentStory.moment(2)))
            return store
        case .usual: return LiveStory.store(width: width, height: height)
        case .overflowing: return Self.overflowing(width: width, height: height)
        case .disconnected:
            var store = LiveStory.store(width: width, height: height)
            _ = store.send(
                .received(
                    IncidentStory.backend,
                    .link(.lost, reason: "connection refused", retryIn: .seconds(8)),
                    at: IncidentStory.moment(122)))
            _ = store.send(.tick(IncidentStory.moment(140)))
            return store
        }
    }

    /// Two backends with 400 sessions of long names, and more events than any screen has lines.
    private static func overflowing(width: Int, height: Int) -> Store {
        var store = LiveStory.store(width: width, height: height)
        let second = BackendKey(1)
        _ = store.send(.addBackend(second, url: "http://a-host-with-a-very-long-name.example.com:8700"))
        var snapshot = IncidentStory.snapshot
        snapshot.name = "staging-chat-with-a-very-long-name"
        snapshot.sessions = (0..<400).map { index in
            var session = SessionRecord(
                id: SessionID(rawValue: "01a2-ffffffff-\(100_000 + index)"),
                user: UserID(
                    rawValue: index % 7 == 0
                        ? "株式会社の利用者番号\(index)" : "a-very-long-user-name-\(index)@example.com"))
            session.path = [.http, .websocket, .background][index % 3]
            session.state = [.running, .idle, .error, .waiting][index % 4]
            session.since = IncidentStory.moment(Double(index % 100))
            return session
        }
        var lines: [UInt8] = []
        for index in 0..<200 {
            var about = EventMetadata()
            about.user = UserID(rawValue: "a-very-long-user-name-\(index)@example.com")
            about.session = SessionID(rawValue: "01a2-ffffffff-\(100_000 + index)")
            about.run = RunID(rawValue: "run-\(index)")
            about.path = "http"
            about.sequence = 0
            let text = JSONValue.string(
                "a long answer, word after word, number \(index), "
                    + String(repeating: "and so on ", count: 30))
            lines +=
                OutgoingEvent(
                    .textMessageContent, at: IncidentStory.moment(122 + Double(index) / 100), ["delta": text],
                    metadata: about
                ).line + [0x0A]
        }
        for message: Message in [
            .dialect(name: "native", coverage: .whole), .snapshot(snapshot),
            .link(.connected, reason: nil, retryIn: nil), .events(EventBatch(lines: lines)),
        ] { _ = store.send(.received(second, message, at: IncidentStory.moment(124))) }
        _ = store.send(.tick(IncidentStory.moment(126)))
        return store
    }
}
