import Testing
import WireProtocol

@testable import Dialects

@Suite struct NetraTests {
    private let now = Timestamp(milliseconds: 1_795_442_300_000)

    private func document(_ body: String, status: Int = 200) -> HealthAnswerDocument {
        HealthAnswerDocument(status: status, contentType: "application/json", body: Array(body.utf8))
    }

    private func take(
        _ reader: inout NetraReader, _ path: String, _ body: String, status: Int = 200
    ) -> [Message] {
        guard let request = reader.requests.first(where: { $0.path == path }) else { return [] }
        return reader.take(
            .document(request, document(body, status: status), took: .milliseconds(7)), at: now)
    }

    private func reader() -> NetraReader {
        var reader = NetraReader()
        _ = reader.take(.health(HealthRecord(.pass), body: []), at: now)
        return reader
    }

    @Test func isRecognisedByItsServiceOrItsBeacon() {
        let health = document("{\"status\":\"healthy\",\"service\":\"netra-ai-platform\"}")
        #expect(Dialect.recognizing(health).name == "netra")
        var sighting = Sighting(path: "/health", health: document("{\"status\":\"ok\"}"))
        sighting.probes["/ws/beacon"] = document("{\"status\":\"healthy\",\"service\":\"websocket_beacon\"}")
        #expect(Dialect.recognizing(sighting).name == "netra")
    }

    @Test(
        arguments: [
            ("/ws/beacon", "{\"service\":\"websocket_ssot\",\"status\":\"operational\"}", "netra"),
            ("/ws/factory/status", "{\"mode\":\"factory\",\"features\":[\"a\"]}", "netra"),
            ("/ws/factory/status", "{\"factory_pattern\":{\"migration_status\":{}}}", "netra"),
            ("/ws/factory/status", "{\"mode\":\"factory\"}", "health"),
            ("/ws/beacon", "{\"service\":\"x\"}", "health"),
        ]) func aReleaseThatSaysOnlyOkIsRecognisedByItsRoutes(_ path: String, _ body: String, _ name: String)
    {
        var sighting = Sighting(path: "/health", health: document("{\"status\":\"ok\"}"))
        sighting.probes[path] = document(body)
        #expect(Dialect.recognizing(sighting).name == name)
    }

    @Test func aReadinessThatFailsIsTheHealthOfTheWhole() throws {
        var reader = reader()
        let record = try #require(
            take(&reader, "/health/ready", "{\"detail\":\"store gone\"}", status: 503).health)
        #expect(record.status == .fail)
        #expect(record.reason == "/health/ready: HTTP 503: store gone")
        let rows = record.checks.map { "\($0.name) \($0.kind?.rawValue ?? "") \($0.httpStatus ?? 0)" }
        #expect(rows == ["/health overall 0", "/health/ready readiness 503"])
        #expect(take(&reader, "/health/ready", "{\"status\":\"ready\"}").health?.status == .pass)
    }

    @Test func aPartThatFailsIsNotTheWhole() throws {
        var reader = reader()
        let record = try #require(
            take(&reader, "/health/infrastructure", "{\"status\":\"error\",\"error\":\"no store\"}").health)
        #expect(record.status == .pass)
        #expect(record.checks.last?.status == .fail)
        #expect(record.checks.last?.kind == .part)
    }

    @Test func aClaimIsShownUnbelievedBesideWhatCannotBeObserved() throws {
        var reader = reader()
        let messages = take(
            &reader, "/ws/factory/status", "{\"mode\":\"factory\",\"status\":\"operational\",\"features\":[]}"
        )
        guard case .dialect(_, let coverage)? = messages.first else {
            Issue.record("\(messages)")
            return
        }
        #expect(coverage.missing[.patterns]?.contains("not observable") == true)
        #expect(coverage.missing[.patterns]?.contains("claims mode: factory (/ws/factory/status)") == true)
        let rows = try #require(messages.health?.checks.suffix(2))
        #expect(rows.map(\.name) == ["/ws/factory/status", "/ws/factory/status mode"])
        #expect(rows.allSatisfy { !$0.isTrusted && $0.reason?.hasPrefix("a claim") == true })
        #expect(rows.last?.observedValue == "factory")
    }

    @Test func aConstantIsShownAndNotBelieved() throws {
        var reader = reader()
        let checks = try #require(take(&reader, "/ws/beacon", "{\"status\":\"healthy\"}").health).checks
        #expect(checks.map(\.name) == ["/health", "/ws/beacon"])
        #expect(checks.allSatisfy { !$0.isTrusted && $0.reason?.contains("constant") == true })
        #expect(checks.last?.observedValue == "HTTP 200, 7 ms")
    }

    @Test func aCheckThatFailsByItsOwnFaultIsNotBelieved() throws {
        var reader = reader()
        let messages = take(
            &reader, "/ws/health",
            "{\"status\":\"degraded\",\"errors\":[\"websocket_auth: name 'x' is not defined\"]}")
        let check = try #require(messages.health?.checks.last)
        #expect(check.status == .warn)
        #expect(check.reason?.contains("is not defined") == true)
        let honest = take(&reader, "/ws/health", "{\"status\":\"degraded\",\"errors\":[\"no route\"]}")
        #expect(honest.health?.checks.last?.isTrusted == true)
    }

    @Test(arguments: [
        ("/ws/stats", 500, "Internal Server Error", HealthStatus.fail),
        ("/health/ready", 503, "{\"detail\":\"Core database unavailable\"}", .fail),
        ("/api/monitoring/isolation/health", 401, "{\"detail\":\"Not authenticated\"}", .unknown),
        ("/health/system", 200, "{\"status\":\"excellent\"}", .pass),
        ("/health/system", 200, "{\"status\":\"skipped_optional\"}", .warn),
        ("/health/system", 200, "{\"status\":\"chat_breaking\"}", .fail),
        ("/health/system", 200, "{\"status\":\"no_data\"}", .unknown),
    ]) func readsARoute(_ path: String, _ status: Int, _ body: String, _ expected: HealthStatus) {
        var reader = reader()
        let check = take(&reader, path, body, status: status).health?.checks.first { $0.name == path }
        #expect(check?.status == expected)
    }

    @Test func aDetailWrapperIsOpened() {
        var reader = reader()
        let messages = take(
            &reader, "/api/health/",
            "{\"detail\":{\"status\":\"unhealthy\",\"checks\":{\"redis\":{\"status\":\"failed\"},\"ch\":{\"status\":\"not_configured\"}}}}",
            status: 503)
        let rows = messages.health?.checks.dropFirst().map { "\($0.name)=\($0.status.rawValue)" }
        #expect(rows == ["/api/health/=fail", "/api/health/ redis=fail", "/api/health/ ch=warn"])
    }

    @Test func breakersAndTheMigrationMeterAreRows() {
        var reader = reader()
        _ = take(
            &reader, "/api/circuit-breakers/status",
            "{\"status\":\"ok\",\"circuit_breakers\":{\"auth\":{\"state\":\"open\",\"stats\":{\"failure_rate\":\"80%\"}},\"db\":{\"state\":\"half_open\"}}}"
        )
        let messages = take(
            &reader, "/ws/factory/status",
            "{\"status\":\"success\",\"factory_pattern\":{\"migration_status\":{\"metrics\":{\"factory_calls\":7,\"legacy_calls\":2}}}}"
        )
        let rows = messages.health?.checks.map {
            "\($0.name)=\($0.status.rawValue) \($0.observedValue ?? "")"
        }
        #expect(rows?.contains("/api/circuit-breakers/status auth=fail open") == true)
        #expect(rows?.contains("/api/circuit-breakers/status db=warn half_open") == true)
        #expect(rows?.contains("/ws/factory/status factory_calls=unknown 7") == true)
        #expect(rows?.contains("/ws/factory/status legacy_calls=unknown 2") == true)
    }

    @Test func aRouteThatIsNotMountedHasNoRow() {
        var reader = reader()
        #expect(
            take(&reader, "/ws/factory/status", "{}", status: 404).health?.checks.map(\.name) == ["/health"])
    }

    @Test func sessionsAreSeenWhereTheStatisticsWork() throws {
        var reader = reader()
        let messages = take(
            &reader, "/ws/stats",
            "{\"websocket_manager\":{\"current_state\":{\"isolation_keys\":[\"ada:c1\",\"bob:c2\",7]}}}")
        #expect(messages.snapshot?.sessions.map(\.user) == ["ada", "bob"])
        var coverage = Coverage.netra(seesSessions: true)
        coverage.listed[.sessions] = Coverage.Listed(read: 2, total: 3, missesUrgent: true)
        #expect(messages.first == .dialect(name: "netra", coverage: coverage))
        #expect(
            take(&reader, "/ws/stats", "Internal Server Error", status: 500).first
                == .dialect(name: "netra", coverage: .netra()))
    }

    @Test func eventsAreSeenOnceItsOwnWebSocketSpeaks() throws {
        var reader = reader()
        let socket = try #require(reader.requests.first { $0.rhythm == .socket })
        #expect(reader.take(.opened(socket), at: now).isEmpty)
        let frame = "{\"type\":\"agent_started\",\"run_id\":\"r\",\"thread_id\":\"t\",\"user_id\":\"ada\"}"
        let messages = reader.take(.frame(socket, Array(frame.utf8)), at: now)
        #expect(messages.first == .dialect(name: "netra", coverage: .netra(seesEvents: true)))
        #expect(messages.eventNames == ["RUN_STARTED"])
        #expect(reader.take(.failed(socket, reason: "x"), at: now) == [.refused(what: "/ws", reason: "x")])
    }

    @Test func connectionsThatCannotBeReadAreMissingInTheList() throws {
        var reader = reader()
        let keys = "{\"websocket_manager\":{\"current_state\":{\"isolation_keys\":[\"ada:c1\",7,null]}}}"
        let messages = take(&reader, "/ws/stats", keys)
        #expect(messages.coverage?.partialLists == ["sessions: 1 of 3 read"])
        #expect(messages.snapshot?.sessions.map(\.user) == ["ada"])
    }
}

@Suite struct NetraEnvelopeTests {
    private let arrival = Timestamp(milliseconds: 1_795_442_400_000)

    private func events(_ frames: [String]) -> [OutgoingEvent] {
        var reader = NetraFrameReader()
        return frames.flatMap { reader.take(Array($0.utf8), at: arrival) }
    }

    /// `tool_executing` in each of the envelopes.
    @Test(arguments: [
        """
        {"type":"tool_executing","run_id":"r-1","agent_name":"a","timestamp":"2026-11-23T13:58:40.942Z",\
        "payload":{"tool_name":"disk"}}
        """,
        """
        {"type":"tool_executing","data":{"tool":"disk","run_id":"r-1"},"timestamp":"2026-11-23T13:58:40.942",\
        "critical":true,"attempt":1}
        """,
        """
        {"type":"tool_executing","data":{"tool":"disk","run_id":"r-1"},"timestamp":"2026-11-23T13:58:40.942",\
        "user_context":{"user_id":"ada"}}
        """,
        """
        {"type":"tool_executing","event":"tool_executing","tool_name":"disk","run_id":"r-1",\
        "timestamp":1795442320.942}
        """,
        """
        {"type":"tool_executing","tool_name":"disk","parameters":{},"run_id":"r-1","user_id":"ada",\
        "timestamp":1795442320.942}
        """,
        """
        {"type":"tool_executing","payload":{"tool_name":"disk","run_id":"r-1","timestamp":1795442320.942},\
        "thread_id":"t"}
        """,
        """
        {"event_type":"tool_executing","event_id":"e","thread_id":"t","data":{"tool_name":"disk","run_id":"r-1"},\
        "timestamp":1795442320.942}
        """,
    ]) func readsEveryEnvelope(_ frame: String) throws {
        let event = try #require(events([frame]).first)
        #expect(event.type == .toolCallStart)
        #expect(event.fields.string("toolCallName") == "disk")
        #expect(event.metadata.run == "r-1")
        #expect(event.timestamp.milliseconds == 1_795_442_320_942)
    }

    @Test func parallelCallsOfOneToolPairInOrder() {
        let calls = events(
            ["tool_executing", "tool_executing", "tool_completed", "tool_completed"].map {
                "{\"type\":\"\($0)\",\"run_id\":\"r\",\"tool_name\":\"t\"}"
            }
        ).map { $0.fields.string("toolCallId") }
        #expect(calls == ["t#1", "t#2", "t#1", "t#2"])
    }

    @Test func fiveEventsWithNothingBehindThemAreMarked() {
        let names = events([
            "{\"type\":\"agent_started\",\"agent_name\":\"ChatAgent\",\"thread_id\":\"t\"}",
            "{\"type\":\"tool_executing\",\"tool_name\":\"response_generator\",\"thread_id\":\"t\"}",
            "{\"type\":\"agent_completed\",\"thread_id\":\"t\"}",
        ]).map { $0.fields.string("name") ?? "\($0.type.wireName)" }
        #expect(names == ["RUN_STARTED", "netra.fallback", "TOOL_CALL_START", "RUN_FINISHED"])
    }

    @Test func whatHasNoWordKeepsItsNameAndLeaksNoToken() throws {
        let frame = """
            {"type":"error_message","error_code":"NO_TOKEN","error_message":"No JWT","details":\
            {"authorization_preview":"Bearer eyJ"},"timestamp":1795442239.29}
            """
        let event = try #require(events([frame]).first)
        #expect(event.fields.string("name") == "netra.error_message")
        #expect(!String(decoding: event.line, as: UTF8.self).contains("eyJ"))
    }

    @Test(.enabled(if: SharedFixtures.areHere, "the captures are not here"))
    func readsTheCapturedConnections() throws {
        let json = try JSONParser.parse(SharedFixtures.bytes("fixtures/netra/websocket_live_auth.json"))
        let frames = try #require(json["none_ws_start_agent"]?["frames"]?.array)
        let types = events(frames.map(\.text)).map(\.type)
        #expect(
            types.filter { $0 != .custom } == [
                .runStarted, .reasoningStart, .toolCallStart, .toolCallResult, .runFinished,
            ])
    }
}
