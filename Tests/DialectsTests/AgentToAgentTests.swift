import Testing
import WireProtocol

@testable import Dialects

@Suite struct AgentToAgentTests {
    private let now = Timestamp(milliseconds: 1_795_638_900_000)
    private static let card = """
        {"name":"ops","version":"1.2.0","supportedInterfaces":[\
        {"url":"http://elsewhere:1/rpc","protocolBinding":"JSONRPC","protocolVersion":"1.0"},\
        {"url":"http://elsewhere:1/a2a/","protocolBinding":"HTTP+JSON","protocolVersion":"1.0"}]}
        """

    private func document(_ body: String, status: Int = 200) -> HealthAnswerDocument {
        HealthAnswerDocument(status: status, contentType: "application/json", body: Array(body.utf8))
    }

    /// A reader that has read a card.
    private func reader(_ card: String = Self.card) -> AgentToAgentReader {
        var reader = AgentToAgentReader()
        _ = reader.take(.document(reader.requests[0], document(card), took: .zero), at: now)
        return reader
    }

    private static func task(_ id: String, _ state: String, second: Int = 0) -> String {
        """
        {"id":"\(id)","contextId":"c-1","status":{"state":"\(state)","timestamp":"2026-11-25T20:47:1\(second).4Z"}}
        """
    }

    private func list(_ reader: inout AgentToAgentReader, _ tasks: String...) -> [Message] {
        let body = "{\"tasks\":[\(tasks.joined(separator: ","))],\"nextPageToken\":\"\"}"
        return reader.take(.document(reader.requests[1], document(body), took: .zero), at: now)
    }

    @Test func aListThatArrivesLateTurnsNothingBack() {
        var reader = reader()
        #expect(list(&reader, Self.task("t-1", "TASK_STATE_WORKING")).eventNames.count == 2)
        #expect(list(&reader, Self.task("t-1", "TASK_STATE_FAILED", second: 4)).eventNames == ["RUN_ERROR"])
        let late = list(&reader, Self.task("t-1", "TASK_STATE_WORKING", second: 5))
        #expect(late.eventNames.isEmpty)
        #expect(late.snapshot?.runs.map(\.state) == [.failed])
        _ = list(&reader, Self.task("t-2", "TASK_STATE_WORKING", second: 6))
        #expect(list(&reader, Self.task("t-2", "TASK_STATE_SUBMITTED", second: 5)).eventNames.isEmpty)
    }

    @Test func isRecognisedByItsCard() {
        var sighting = Sighting(path: "/metrics", health: document("no", status: 404))
        sighting.probes["/.well-known/agent-card.json"] = document(Self.card)
        #expect(Dialect.recognizing(sighting).name == "a2a")
        sighting.probes["/.well-known/agent-card.json"] = document("{\"name\":\"x\"}")
        #expect(Dialect.recognizing(sighting).name == "health")
    }

    @Test func prefersRESTAndNeverLeavesTheOrigin() {
        let requests = reader().requests
        #expect(requests.map(\.path) == ["/.well-known/agent-card.json", "/a2a/tasks?pageSize=100"])
        #expect(requests[1].headers == ["a2a-version": "1.0"])
    }

    @Test func speaksJSONRPCWhereNothingElseIsOffered() {
        let card = Self.card.replacing("HTTP+JSON", with: "GRPC")
        var reader = reader(card)
        #expect(reader.requests[1].path == "/rpc")
        #expect(reader.requests[1].body?["method"]?.string == "ListTasks")
        let answer = document("{\"result\":{\"tasks\":[\(Self.task("t-1", "TASK_STATE_WORKING"))]},\"id\":1}")
        let messages = reader.take(.document(reader.requests[1], answer, took: .zero), at: now)
        #expect(messages.snapshot?.runs.map(\.state) == [.open])
        #expect(reader.requests.count == 2)
    }

    @Test func aTaskIsARunOfItsContext() throws {
        var reader = reader()
        let first = list(&reader, Self.task("t-1", "TASK_STATE_SUBMITTED"))
        #expect(first.eventNames == ["RUN_STARTED"])
        #expect(first.snapshot?.sessions.map(\.state) == [.running])
        #expect(reader.requests.last?.path == "/a2a/tasks/t-1:subscribe")
        #expect(
            list(&reader, Self.task("t-1", "TASK_STATE_WORKING", second: 1)).eventNames == [
                "STEP_STARTED working"
            ])
        #expect(list(&reader, Self.task("t-1", "TASK_STATE_WORKING", second: 1)).eventNames.isEmpty)
        let end = list(&reader, Self.task("t-1", "TASK_STATE_COMPLETED", second: 2))
        #expect(end.eventNames == ["RUN_FINISHED"])
        #expect(end.snapshot?.runs.map(\.state) == [.completed])
        #expect(reader.requests.count == 2)
    }

    @Test func aSubscriptionTellsWhatTheListWould() throws {
        var reader = reader()
        _ = list(&reader, Self.task("t-1", "TASK_STATE_WORKING"))
        let request = try #require(reader.requests.last)
        var parser = SSEParser()
        let frames = """
            data: {"task":\(Self.task("t-1", "TASK_STATE_WORKING"))}

            data: {"artifactUpdate":{"taskId":"t-1","artifact":{"artifactId":"a-1"}}}

            data: {"artifactUpdate":{"taskId":"t-1","artifact":{"artifactId":"a-1"}}}

            data: {"statusUpdate":{"taskId":"t-1","status":{"state":"TASK_STATE_FAILED","message":{"parts":[{"text":"boom"}]}}}}

            data: {"statusUpdate":{"taskId":"t-9","status":{"state":"TASK_STATE_FAILED"}}}


            """
        let messages = parser.feed(Array(frames.utf8)).flatMap { reader.take(.event(request, $0), at: now) }
        #expect(messages.eventNames == ["TEXT_MESSAGE_START", "RUN_ERROR"])
        #expect(messages.eventJSON.last?["message"]?.string == "boom")
    }

    @Test(arguments: [
        ("TASK_STATE_INPUT_REQUIRED", SessionRecord.State.waiting, RunRecord.State.open),
        ("input-required", .waiting, .open), ("TASK_STATE_REJECTED", .error, .failed),
        ("canceled", .idle, .cancelled), ("TASK_STATE_NEW", .unknown, .unknown),
    ]) func readsTheState(_ word: String, _ session: SessionRecord.State, _ run: RunRecord.State) throws {
        var reader = reader()
        let snapshot = try #require(list(&reader, Self.task("t-1", word)).snapshot)
        #expect(snapshot.sessions.map(\.state) == [session])
        #expect(snapshot.runs.map(\.state) == [run])
    }

    @Test func aTaskThatWasOverBeforeItWasSeenTellsNothing() {
        var reader = reader()
        #expect(list(&reader, Self.task("t-1", "TASK_STATE_COMPLETED")).eventNames.isEmpty)
    }

    @Test func complaintsAreRefused() {
        var reader = reader()
        let request = reader.requests[1]
        let old = document("{\"error\":{\"message\":\"version\"}}")
        #expect(
            reader.take(.document(request, old, took: .zero), at: now)
                == [.refused(what: request.path, reason: "version")])
    }

    @Test func itsCardIsItsHealthWithoutRows() throws {
        var reader = AgentToAgentReader()
        var record = HealthRecord(.pass)
        record.checks = [CheckRecord(name: "x")]
        let health = try #require(reader.take(.health(record, body: []), at: now).health)
        #expect(health.checks.isEmpty)
        #expect(health.reason?.contains("no health route") == true)
    }
}
