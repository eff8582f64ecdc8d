import Testing
import WireProtocol

@testable import Dialects

/// Every capture of other people's programs that no other suite reads, and a count that none is left out.
@Suite(.enabled(if: SharedFixtures.areHere, "the captures are not here")) struct CaptureTests {
    private let now = Timestamp(milliseconds: 1_795_441_400_000)
    private static let folder = "fixtures/langgraph-server/"

    @Test(
        arguments: [
            ("run1", "RUN_FINISHED", nil),
            ("run2_error", "RUN_ERROR", "dispatcher for user u1 not registered"),
        ] as [(String, String, String?)]) func anAGUIRunIsToldToItsEnd(
            _ file: String, _ last: String, _ message: String?
        )
    {
        var reader = RunStreamReader(path: "/", input: [], user: "ada")
        let told = reader.feed(
            SharedFixtures.body("fixtures/agui/pydantic-ai/\(file).http"), at: now)
        #expect(told.eventNames.first == "RUN_STARTED")
        #expect(told.eventNames.last == last)
        #expect(told.eventNames.contains { $0.hasPrefix("TOOL_CALL_START") })
        #expect(told.eventJSON.last?["message"]?.string == message)
        #expect(told.eventJSON.allSatisfy { $0["metadata"]?["user"]?.string == "ada" })
        #expect(told.eventJSON.allSatisfy { $0["metadata"]?["run"]?.string?.hasPrefix("r-") == true })
    }

    @Test func aRefusedRunIsNoRun() {
        var reader = RunStreamReader(path: "/", input: [], user: nil)
        let body = SharedFixtures.body("fixtures/agui/pydantic-ai/bad_request.http")
        #expect(reader.feed(body, at: now).isEmpty)
    }

    @Test func theLangGraphServerIsRecognised() {
        func answer(_ file: String) -> HealthAnswerDocument {
            HealthAnswerDocument(
                status: 200, contentType: nil, body: SharedFixtures.body(Self.folder + file))
        }
        var sighting = Sighting(path: "/ok", health: answer("ok.http"))
        sighting.probes["/info"] = answer("info.http")
        #expect(Dialect.recognizing(sighting).name == "langgraph")
        let samples = PrometheusText.samples(answer("metrics.http").body)
        let rows = MetricRows.rows(of: samples, wanted: ["lg_api_"])
        #expect(!rows.isEmpty)
        #expect(Set(rows.map(\.name)).count == rows.count)
    }

    @Test func threadsAndRunsOfLangGraphAreRead() throws {
        let bytes = SharedFixtures.bytes(Self.folder + "thread.json")
        var thread = try #require(LangGraphThread(json: try JSONParser.parse(bytes), at: now))
        #expect(thread.session.user == "alice")
        let rows = try JSONParser.parse(SharedFixtures.bytes(Self.folder + "runs.json")).array
        let run = try JSONParser.parse(SharedFixtures.bytes(Self.folder + "bg_run.json"))
        _ = thread.take(runs: (rows ?? []) + [run], limit: 20, askedAt: now, at: now)
        #expect(thread.runs.count == (rows?.count ?? 0) + 1)
        #expect(thread.records.allSatisfy { $0.state != .unknown })
        #expect(thread.records.allSatisfy { $0.session == thread.session.id })
    }

    @Test(arguments: ["join_from_start", "join_resume", "run_stream"])
    func streamsOfOneRunKeepTheGrammar(_ file: String) throws {
        var thread = try #require(LangGraphThread(json: ["thread_id": "t"], at: now))
        var parser = SSEParser()
        let frames = parser.feed(SharedFixtures.body(Self.folder + file + ".http"))
        #expect(!frames.isEmpty)
        let events = frames.flatMap { thread.take($0, at: now) }
        let starts = events.filter { $0.type == .toolCallStart }
        let results = events.filter { $0.type == .toolCallResult }
        // Who resumes in the middle of a run is told nothing until its list of runs names it.
        if file != "join_resume" {
            #expect(events.count { $0.type == .runStarted } == 1)
            #expect(starts.count == results.count)
            #expect(starts.count > 0)
        }
    }

    @Test func theNewerProtocolOfThreadsIsKeptAsRaw() throws {
        var thread = try #require(LangGraphThread(json: ["thread_id": "t"], at: now))
        var parser = SSEParser()
        let frames = parser.feed(SharedFixtures.body(Self.folder + "protocol_events.http"))
        let events = frames.flatMap { thread.take($0, at: now) }
        #expect(!frames.isEmpty)
        #expect(events.contains { $0.type == .raw })
    }

    @Test func theSpansOfOpenAIAgentsAreARun() throws {
        var reader = TelemetryReader()
        var messages: [Message] = []
        for file in SharedFixtures.files(below: "fixtures/otlp/otlp-json-openai-agents")
        where file.hasSuffix(".body.json") {
            let signal: TelemetrySignal = file.contains("metrics") ? .metrics : .traces
            let batch = try OTLPJSON.read(SharedFixtures.bytes(file), signal)
            #expect(batch.refused == 0)
            #expect(!(batch.spans.isEmpty && batch.metrics.isEmpty), "\(file)")
            messages += reader.take(batch, at: now)
        }
        messages += reader.tell(at: now + .seconds(5))
        #expect(messages.eventNames.first == "CUSTOM ctxtop.run")
        #expect(messages.eventNames.contains("RUN_STARTED"))
        #expect(messages.eventNames.last == "RUN_FINISHED")
        #expect(messages.eventNames.contains { $0.hasPrefix("TOOL_CALL_START") })
        #expect(messages.health?.checks.contains { $0.name.hasPrefix("metric/") } == true)
    }

    @Test func theSpansOfPydanticAIAreRunsWithTools() throws {
        var reader = TelemetryReader()
        var messages: [Message] = []
        for file in SharedFixtures.files(below: "fixtures/otlp/otlp-pydantic-ai") where file.hasSuffix(".pb")
        {
            let signal: TelemetrySignal = file.contains("metrics") ? .metrics : .traces
            messages += reader.take(try OTLPProtobuf.read(SharedFixtures.bytes(file), signal), at: now)
        }
        messages += reader.tell(at: now + .seconds(5))
        let names = messages.eventNames
        // The agent's span of the second run is not among the captures, so nothing tells how it ended.
        #expect(names.count { $0 == "CUSTOM ctxtop.run" } == 3)
        #expect(names.count { $0 == "RUN_STARTED" } == 2)
        #expect(names.count { $0 == "RUN_FINISHED" } == 2)
        #expect(names.count { $0.hasPrefix("TOOL_CALL_START") } == 4)
        #expect(names.count { $0 == "TOOL_CALL_RESULT" } == 4)
        #expect(names.contains("CUSTOM otel.span"))
    }

    @Test(arguments: ["factory", "starting", "failed"])
    func everyRouteOfNetraIsReadInEveryState(_ state: String) throws {
        var reader = NetraReader()
        var asked: Set<String> = []
        for file in SharedFixtures.files(below: "fixtures/netra/" + state) {
            let json = try JSONParser.parse(SharedFixtures.bytes(file))
            let path = try #require(json["request"]?.string?.split(separator: " ").last.map(String.init))
            let status = Int(json["http_status"]?.integer ?? 0)
            let body = json["body"]?["_raw"]?.string.map { Array($0.utf8) } ?? json["body"]?.serialized ?? []
            let document = HealthAnswerDocument(status: status, contentType: nil, body: body)
            #expect(HealthNormalizer.read(document).httpStatus == status)
            guard let request = reader.requests.first(where: { $0.path == path }) else { continue }
            asked.insert(path)
            _ = reader.take(.document(request, document, took: .zero), at: now)
        }
        let health = reader.take(.health(HealthRecord(.pass), body: []), at: now).health
        #expect(asked.count >= 10, "\(asked.sorted())")
        let rows = try #require(health?.checks)
        #expect(asked.allSatisfy { path in rows.contains { $0.name.hasPrefix(path) } })
        // What does not change between the states is not believed.
        for path in ["/health/live", "/ws/beacon"] {
            #expect(rows.first { $0.name == path }?.isTrusted == false, "\(path)")
        }
    }

    @Test(arguments: ["websocket_live", "websocket_live_auth"])
    func everyFrameOfNetraIsRead(_ file: String) throws {
        let json = try JSONParser.parse(SharedFixtures.bytes("fixtures/netra/\(file).json"))
        var count = 0
        for connection in json.object?.members ?? [] {
            var reader = NetraFrameReader()
            for frame in connection.value["frames"]?.array ?? [] {
                count += 1
                for event in reader.take(frame.serialized, at: now) { #expect(!event.line.isEmpty) }
            }
        }
        #expect(count > 10)
    }

    @Test func noCaptureIsLeftOut() {
        let read = [
            "fixtures/agui/pydantic-ai/", "fixtures/langgraph-server/", "fixtures/netra/factory/",
            "fixtures/netra/starting/", "fixtures/netra/failed/", "fixtures/netra/websocket_live",
            "fixtures/otlp/otlp-pydantic-ai/", "fixtures/otlp/otlp-json-openai-agents/",
        ]
        let health = Set(HealthCaptureTests.all.map { "fixtures/" + $0.path })
        let left = SharedFixtures.files(below: "fixtures").filter { file in
            !health.contains(file) && !read.contains { file.hasPrefix($0) } && !file.hasSuffix(".headers")
        }
        #expect(left.isEmpty, "\(left)")
    }
}
