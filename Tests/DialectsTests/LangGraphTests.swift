import Testing
import WireProtocol

@testable import Dialects

@Suite struct LangGraphTests {
    private let now = Timestamp(milliseconds: 1_795_441_400_000)
    private static let thread = "01a208a5-0000-7000-8000-000000000001"

    private func document(_ body: String, status: Int = 200) -> HealthAnswerDocument {
        HealthAnswerDocument(status: status, contentType: "application/json", body: Array(body.utf8))
    }

    private func row(_ status: String, _ updated: String = "2026-11-23T13:43:28.031188+00:00") -> String {
        """
        {"thread_id":"\(Self.thread)","created_at":"2026-11-23T13:43:20+00:00","updated_at":"\(updated)",\
        "state_updated_at":"\(updated)","metadata":{"user_id":"ada","graph_id":"ops"},"status":"\(status)"}
        """
    }

    /// A reader that has seen one thread.
    private func reader(_ status: String) -> LangGraphReader {
        var reader = LangGraphReader()
        _ = take(&reader, "/threads/search", "[\(row(status))]")
        return reader
    }

    private func take(_ reader: inout LangGraphReader, _ path: String, _ body: String) -> [Message] {
        guard let request = reader.requests.first(where: { $0.path.hasPrefix(path) }) else { return [] }
        return reader.take(.document(request, document(body), took: .zero), at: now)
    }

    private func stream(_ reader: inout LangGraphReader, _ text: String) -> [Message] {
        guard let request = reader.requests.first(where: { $0.rhythm == .stream }) else { return [] }
        var parser = SSEParser()
        return parser.feed(Array(text.utf8)).flatMap { reader.take(.event(request, $0), at: now) }
    }

    @Test func isRecognisedByItsInfoRoute() {
        var sighting = Sighting(path: "/ok", health: document("{\"ok\":true}"))
        #expect(Dialect.recognizing(sighting).name == "health")
        sighting.probes["/info"] = document("{\"version\":\"0.16.7\",\"langgraph_py_version\":\"1.2.22\"}")
        #expect(Dialect.recognizing(sighting).name == "langgraph")
        sighting.probes["/info"] = document("{\"langgraph_py_version\":\"1\"}", status: 404)
        #expect(Dialect.recognizing(sighting).name == "health")
    }

    @Test(arguments: [
        ("idle", SessionRecord.State.idle), ("busy", .running), ("interrupted", .waiting), ("error", .error),
        ("new word", .unknown),
    ]) func aThreadIsASession(_ status: String, _ state: SessionRecord.State) throws {
        var reader = LangGraphReader()
        let snapshot = try #require(take(&reader, "/threads/search", "[\(row(status))]").snapshot)
        #expect(snapshot.sessions.map(\.state) == [state])
        #expect(snapshot.sessions.map(\.user) == ["ada"])
    }

    @Test func asksForTheStreamAndTheRunsOfAThread() {
        let paths = reader("busy").requests.map(\.path)
        #expect(paths.contains("/threads/\(Self.thread)/stream"))
        #expect(paths.contains("/threads/\(Self.thread)/runs?limit=20"))
    }

    @Test func asksForRunsNoMoreOnceTheyAreReadAndNothingMoves() {
        var reader = reader("idle")
        _ = take(&reader, "/threads/\(Self.thread)/runs", "[{\"run_id\":\"r-1\",\"status\":\"success\"}]")
        #expect(!reader.requests.contains { $0.path.contains("/runs") })
        _ = take(&reader, "/threads/search", "[\(row("idle", "2026-11-23T13:44:00+00:00"))]")
        #expect(reader.requests.contains { $0.path.contains("/runs") })
    }

    @Test func readsTheStatesOfRuns() throws {
        var reader = reader("busy")
        let states = ["pending", "running", "success", "error", "timeout", "interrupted", "odd"]
        let rows = states.enumerated().map { "{\"run_id\":\"r-\($0.offset)\",\"status\":\"\($0.element)\"}" }
        let messages = take(
            &reader, "/threads/\(Self.thread)/runs", "[" + rows.joined(separator: ",") + ",{}]")
        let snapshot = try #require(messages.snapshot)
        #expect(
            snapshot.runs.map(\.state) == [
                .open, .completed, .failed, .failed, .cancelled, .unknown,
            ])
        #expect(snapshot.runs.allSatisfy { $0.session?.rawValue == Self.thread && $0.user == "ada" })
    }

    @Test func tellsARunOfItsStreamWithEachToolCallOnce() {
        var reader = reader("busy")
        let call = "{\"type\":\"ai\",\"id\":\"m-1\",\"tool_calls\":[{\"name\":\"disk\",\"id\":\"call_1\"}]}"
        let result = "{\"type\":\"tool\",\"name\":\"disk\",\"id\":\"m-2\",\"tool_call_id\":\"call_1\"}"
        let messages = stream(
            &reader,
            """
            event: metadata
            data: {"run_id":"r-1","attempt":1}
            id: 1795441440096-0

            event: tasks
            data: {"id":"t-1","name":"model","input":{"messages":[]}}
            id: 1795441440097-0

            event: updates
            data: {"model":{"messages":[\(call)]}}
            id: 1795441440099-0

            event: tasks
            data: {"id":"t-1","name":"model","error":null,"result":{"messages":[\(call)]},"interrupts":[]}
            id: 1795441440099-0

            event: updates
            data: {"tools":{"messages":[\(result)]}}
            id: 1795441440401-0

            event: metadata
            data: {"status":"run_done","run_id":"r-1"}
            id: 1795441440403-0


            """)
        #expect(
            messages.eventNames == [
                "RUN_STARTED", "STEP_STARTED model", "TOOL_CALL_START disk", "TEXT_MESSAGE_START",
                "STEP_FINISHED model", "TOOL_CALL_RESULT",
            ])
        let events = messages.eventJSON
        #expect(events.first?["timestamp"]?.integer == 1_795_441_440_096)
        #expect(events.allSatisfy { $0["metadata"]?["user"]?.string == "ada" })
        #expect(events.allSatisfy { $0["metadata"]?["run"]?.string == "r-1" })
    }

    @Test func whoJoinsInTheMiddleTakesTheStartFromTheList() {
        var reader = reader("busy")
        _ = take(&reader, "/threads/\(Self.thread)/runs", "[{\"run_id\":\"r-7\",\"status\":\"running\"}]")
        let messages = stream(
            &reader, "event: tasks\ndata: {\"id\":\"t\",\"name\":\"tools\",\"result\":{}}\n\n")
        #expect(messages.eventNames == ["STEP_FINISHED tools"])
        #expect(messages.eventJSON.first?["metadata"]?["run"]?.string == "r-7")
    }

    @Test func aRunThatTheListNamedFirstStillTellsItsStart() {
        var reader = reader("busy")
        _ = take(&reader, "/threads/\(Self.thread)/runs", "[{\"run_id\":\"r-7\",\"status\":\"pending\"}]")
        let start = "event: metadata\ndata: {\"run_id\":\"r-7\"}\n\n"
        #expect(stream(&reader, start).eventNames == ["RUN_STARTED"])
        #expect(stream(&reader, start).eventNames.isEmpty)
    }

    @Test func modesWithoutAWordAreKeptAsRaw() {
        var reader = reader("busy")
        let messages = stream(
            &reader, "event: checkpoints\ndata: {\"x\":1}\n\nevent: odd\ndata: not json\n\n")
        #expect(messages.eventNames == ["RAW", "RAW"])
        #expect(messages.eventJSON.map { $0["event"]?["event"]?.string } == ["checkpoints", "odd"])
    }

    @Test func aThreadWithAnOddIdIsListedAndNotAsked() {
        var reader = LangGraphReader()
        let messages = take(
            &reader, "/threads/search", "[{\"thread_id\":\"../../etc?x\",\"status\":\"busy\"}]")
        #expect(messages.snapshot?.sessions.count == 1)
        #expect(!reader.requests.contains { $0.path.contains("etc") })
    }

    @Test func aThreadThatLeftAFullPageStaysAndOneThatLeftAShortPageGoes() {
        var reader = LangGraphReader()
        func page(_ range: Range<Int>) -> String {
            "[" + range.map { "{\"thread_id\":\"t-\($0)\",\"status\":\"idle\"}" }.joined(separator: ",") + "]"
        }
        _ = take(&reader, "/threads/search", page(0..<200))
        #expect(take(&reader, "/threads/search", page(1..<201)).snapshot?.sessions.count == 201)
        #expect(take(&reader, "/threads/search", page(1..<200)).snapshot?.sessions.count == 199)
    }

    @Test func complaintsAreRefusedAndAMissingThreadIsNone() {
        var reader = reader("busy")
        #expect(take(&reader, "/threads/search", "{\"detail\":\"x\"}").first != nil)
        #expect(take(&reader, "/threads/search", "no json").first != nil)
        guard let stream = reader.requests.first(where: { $0.rhythm == .stream }) else { return }
        #expect(reader.take(.failed(stream, reason: "closed"), at: now).isEmpty)
    }

    @Test func itsMetricsBecomeRowsAndABusyWorkerIsNoLimit() throws {
        var reader = reader("idle")
        _ = take(
            &reader, "/metrics",
            """
            # TYPE lg_api_workers_max gauge
            lg_api_workers_max{a="b}",c="d"} 4.0
            lg_api_workers_active{a="b"} 3.0
            lg_api_http_requests_total{method="GET",status="200"} 30.0
            lg_api_http_requests_total{method="GET",status="500"} 2.0
            lg_api_http_requests_latency_bucket{le="0.1"} 30.0
            process_open_fds 18.0
            broken{
            """)
        let health = reader.take(.health(HealthRecord(.pass), body: []), at: now).health
        #expect(
            health?.checks.map { "\($0.name)=\($0.observedValue ?? "")" } == [
                "lg_api_workers_max{a=b},c=d}=4", "lg_api_workers_active{a=b}=3",
                "lg_api_http_requests_total=32, 2 of them 5xx",
            ])
        let snapshot = try #require(take(&reader, "/threads/search", "[]").snapshot)
        #expect(snapshot.limits.isEmpty)
    }

    @Test(.enabled(if: SharedFixtures.areHere, "the captures are not here"))
    func readsTheCapturedPassiveStream() throws {
        var reader = LangGraphReader()
        let found = String(
            decoding: SharedFixtures.bytes("fixtures/langgraph-server/threads_search.json"), as: UTF8.self)
        #expect(try #require(take(&reader, "/threads/search", found).snapshot).sessions.count == 1)
        let captured = SharedFixtures.body("fixtures/langgraph-server/thread_passive_watch.http")
        let names = stream(&reader, String(decoding: captured, as: UTF8.self)).eventNames
        #expect(names.first == "RUN_STARTED")
        // How it ended, its status says.
        #expect(reader.requests.contains { $0.path.contains("/runs/") })
        #expect(names.filter { $0.hasPrefix("TOOL_CALL_START") } == ["TOOL_CALL_START get_disk_usage"])
        #expect(names.filter { $0 == "TOOL_CALL_RESULT" }.count == 1)
        #expect(names.filter { $0.hasPrefix("STEP_STARTED") }.count == 3)
    }
}
