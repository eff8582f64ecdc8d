import Testing
import WireProtocol

@testable import Dialects

@Suite struct AgentToAgentTests {
    private let now = Timestamp(milliseconds: 1_795_639_660_000)
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
        // It waits for its agent, and has no run yet.
        #expect(first.eventNames.isEmpty)
        #expect(first.snapshot?.sessions.map(\.state) == [.waiting])
        #expect(first.snapshot?.sessions.map(\.isQueued) == [true])
        #expect(first.snapshot?.runs.isEmpty == true)
        #expect(reader.requests.last?.path == "/a2a/tasks/t-1:subscribe")
        #expect(
            list(&reader, Self.task("t-1", "TASK_STATE_WORKING", second: 1)).eventNames == [
                "RUN_STARTED", "STEP_STARTED working",
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
        ("TASK_STATE_INPUT_REQUIRED", SessionRecord.State.waiting, RunRecord.State.completed),
        ("auth-required", .waiting, .completed), ("TASK_STATE_REJECTED", .error, .failed),
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

    private func tell(_ reader: inout AgentToAgentReader, _ states: String...) -> [[String]] {
        states.enumerated().map { list(&reader, Self.task("t-1", $1, second: $0)).eventNames }
    }

    @Test func aTaskThatWaitsForAPersonHasEndedItsRunAndBeginsAnother() {
        var reader = reader()
        _ = list(&reader)
        #expect(
            tell(&reader, "TASK_STATE_WORKING", "TASK_STATE_INPUT_REQUIRED", "TASK_STATE_WORKING") == [
                ["RUN_STARTED", "STEP_STARTED working"], ["RUN_FINISHED"],
                ["RUN_STARTED", "STEP_STARTED working"],
            ])
        let end = list(&reader, Self.task("t-1", "TASK_STATE_COMPLETED", second: 5))
        #expect(end.eventJSON.first?["metadata"]?["run"]?.string == "t-1#2")
        #expect(end.snapshot?.sessions.map(\.state) == [.idle])
    }

    @Test func aQuestionThatIsWithdrawnBeginsNoRun() {
        var reader = reader()
        _ = list(&reader)
        let told = tell(&reader, "TASK_STATE_AUTH_REQUIRED", "TASK_STATE_CANCELED")
        #expect(told == [["RUN_STARTED", "RUN_FINISHED"], []])
    }

    @Test func aTaskBetweenTwoPollsIsTold() {
        var reader = reader()
        _ = list(&reader)
        let messages = list(&reader, Self.task("t-1", "TASK_STATE_FAILED"))
        #expect(messages.eventNames == ["RUN_STARTED", "RUN_ERROR"])
        #expect(messages.eventJSON.map { $0["timestamp"]?.integer }.allSatisfy { $0 == 1_795_639_630_400 })
        #expect(list(&reader, Self.task("t-1", "TASK_STATE_FAILED")).eventNames.isEmpty)
    }

    @Test func progressInTheSameStateIsASignOfLife() {
        var reader = reader()
        _ = list(&reader)
        _ = list(&reader, Self.task("t-1", "TASK_STATE_WORKING"))
        #expect(
            list(&reader, Self.task("t-1", "TASK_STATE_WORKING", second: 3)).eventNames == [
                "STEP_STARTED working"
            ])
    }

    @Test(arguments: ["1970-01-01T00:00:00Z", "2031-01-01T00:00:00Z"])
    func aTimeThatCannotBeMeantIsTheArrival(_ time: String) {
        var reader = reader()
        let task = Self.task("t-1", "TASK_STATE_WORKING").replacing("2026-11-25T20:47:10.4Z", with: time)
        let messages = list(&reader, task)
        #expect(messages.eventJSON.first?["timestamp"]?.integer == now.milliseconds)
        #expect(messages.snapshot?.sessions.map(\.lastEventAt) == [now])
    }

    private func pages(_ range: Range<Int>, _ next: String, total: Int) -> String {
        let rows = range.map {
            Self.task("p-\($0)", "TASK_STATE_COMPLETED").replacing("c-1", with: "c-\($0)")
        }
        return """
            {"tasks":[\(rows.joined(separator: ","))],"nextPageToken":"\(next)","totalSize":\(total)}
            """
    }

    private func listed(_ messages: [Message]) -> Coverage.Listed? {
        messages.lazy.compactMap {
            if case .dialect(_, let coverage) = $0 { coverage.listed[.sessions] } else { nil }
        }.last
    }

    @Test func theListIsReadToItsEndByItsTokens() throws {
        var reader = reader()
        let newest = reader.requests[1]
        let first = reader.take(
            .document(newest, document(pages(0..<100, "a+b/c=", total: 130)), took: .zero), at: now)
        #expect(listed(first)?.words == "100 of 130")
        let urgent = reader.requests.map(\.path).filter { $0.contains("status=") }
        #expect(urgent.contains("/a2a/tasks?pageSize=100&status=TASK_STATE_SUBMITTED"))
        let next = try #require(reader.requests.first { $0.rhythm == .once })
        #expect(next.path == "/a2a/tasks?pageSize=100&pageToken=a%2Bb%2Fc%3D")
        let last = reader.take(
            .document(next, document(pages(100..<130, "", total: 130)), took: .zero), at: now)
        #expect(last.snapshot?.sessions.count == 130)
        #expect(!reader.requests.contains { $0.rhythm == .once })
    }

    @Test func aTaskThatIsListedNoMoreIsGone() {
        var reader = reader()
        _ = list(&reader, Self.task("t-1", "TASK_STATE_COMPLETED"))
        #expect(list(&reader).snapshot?.sessions.isEmpty == true)
    }

    @Test func aBearerWallIsSaidWithWhatTheCardAsksFor() {
        let card =
            Self.card.dropLast()
            + ",\"securitySchemes\":{\"key\":{\"httpAuthSecurityScheme\":{\"scheme\":\"Bearer\"}}}}"
        var reader = reader(String(card))
        let messages = reader.take(
            .document(reader.requests[1], document("{\"error\":\"who?\"}", status: 401), took: .zero), at: now
        )
        guard case .read(let outcome) = messages.first else { Issue.record("nothing said"); return }
        #expect(outcome.failure?.contains("--token-file FILE") == true)
        #expect(outcome.failure?.contains("bearer") == true)
        #expect(messages.snapshot == nil)
        let read = list(&reader)
        #expect(read.contains(.read(ReadOutcome(.sessions, "GET /a2a/tasks", failure: nil))))
    }

    @Test func anAgentBeforeTasksCouldBeListedIsSeenInItsCardAlone() {
        var reader = AgentToAgentReader()
        let card = document("{\"name\":\"old\",\"protocolVersion\":\"0.3.0\",\"url\":\"http://x/\"}")
        let messages = reader.take(.document(reader.requests[0], card, took: .zero), at: now)
        guard case .dialect(_, let coverage) = messages.last else { Issue.record("nothing said"); return }
        #expect(!coverage.sees(.sessions))
        #expect(reader.requests.count == 1)
        #expect(
            messages.outcomes == [
                "GET /.well-known/agent-card.json: read",
                "the tasks of old: an agent before A2A 1.0 lists no tasks; update the agent",
            ])
        // Asked for again, it is not said again; updated, it is taken back.
        #expect(reader.take(.document(reader.requests[0], card, took: .zero), at: now).isEmpty)
        let later = reader.take(.document(reader.requests[0], document(Self.card), took: .zero), at: now)
        #expect(later.outcomes == ["the tasks of old: read"])
    }

    @Test func anAgentWithoutAListOfTasksWasNotRead() {
        var reader = AgentToAgentReader()
        let card = document(
            "{\"name\":\"ops\",\"supportedInterfaces\":[{\"url\":\"http://x/rpc\",\"protocolBinding\":\"JSONRPC\"}]}"
        )
        _ = reader.take(.document(reader.requests[0], card, took: .zero), at: now)
        let none = document("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32601,\"message\":\"no\"}}")
        let messages = reader.take(.document(reader.requests[1], none, took: .zero), at: now)
        let words = "ListTasks at POST /rpc: its agent does not offer ListTasks; update the agent"
        #expect(messages.outcomes == [words])
        // Its card, which is asked for every minute, changes nothing of that.
        #expect(reader.take(.document(reader.requests[0], card, took: .zero), at: now).isEmpty)
        #expect(reader.requests.count == 1)
    }

    @Test func tasksWithoutAnIdentityAreMissingInTheList() {
        var reader = reader()
        let listed = list(
            &reader, Self.task("t-1", "TASK_STATE_WORKING"), "{\"status\":{}}", "{\"id\":\"t-2\"}"
        )
        .coverage?.listed[.sessions]
        #expect(listed == .init(read: 1, total: 3, missesUrgent: true))
    }

    @Test func aCardUnderItsOldNameIsFound() {
        var reader = AgentToAgentReader()
        _ = reader.take(.document(reader.requests[0], document("no", status: 404), took: .zero), at: now)
        #expect(reader.requests.map(\.path) == ["/.well-known/agent.json"])
        _ = reader.take(.document(reader.requests[0], document(Self.card), took: .zero), at: now)
        #expect(reader.requests.count == 2)
    }

    @Test func theAgentsOfOneHostAreFoundInItsOpenAPIDocument() throws {
        var reader = AgentToAgentReader()
        for _ in 0..<2 {
            _ = reader.take(.document(reader.requests[0], document("no", status: 404), took: .zero), at: now)
        }
        let directory = try #require(reader.requests.last)
        #expect(directory.path == "/openapi.json")
        let paths = [
            "/a/.well-known/agent-card.json", "/b/.well-known/agent-card.json", "/{x}/.well-known/agent.json",
        ]
        let routes = paths.map { "\"\($0)\":{}" }.joined(separator: ",")
        _ = reader.take(.document(directory, document("{\"paths\":{\(routes)}}"), took: .zero), at: now)
        #expect(reader.requests.map(\.path) == Array(paths.prefix(2)))
        for name in ["a", "b"] {
            let request = try #require(reader.requests.first { $0.path.hasPrefix("/\(name)/.well") })
            let card = Self.card.replacing("/a2a/", with: "/\(name)/").replacing(
                "\"ops\"", with: "\"\(name)\"")
            _ = reader.take(.document(request, document(card), took: .zero), at: now)
        }
        var last: BackendSnapshot?
        for name in ["a", "b"] {
            let request = try #require(reader.requests.first { $0.path == "/\(name)/tasks?pageSize=100" })
            let task = Self.task("t-\(name)", "TASK_STATE_WORKING")
            last =
                reader.take(
                    .document(request, document("{\"tasks\":[\(task)]}"), took: .zero), at: now
                ).snapshot
        }
        #expect(last?.runs.map(\.agent) == ["a", "b"])
    }

    @Test func anAgentThatSpeaksJSONRPCIsSubscribedToWhereItStreams() throws {
        let card =
            Self.card.replacing("HTTP+JSON", with: "GRPC").dropLast()
            + ",\"capabilities\":{\"streaming\":true}}"
        var reader = reader(String(card))
        let answer = document("{\"result\":{\"tasks\":[\(Self.task("t-1", "TASK_STATE_WORKING"))]},\"id\":1}")
        _ = reader.take(.document(reader.requests[1], answer, took: .zero), at: now)
        let request = try #require(reader.requests.last)
        #expect(request.body?["method"]?.string == "SubscribeToTask")
        var parser = SSEParser()
        let frame =
            "data: {\"result\":{\"statusUpdate\":{\"taskId\":\"t-1\",\"status\":{\"state\":\"TASK_STATE_COMPLETED\"}}}}\n\n"
        let messages = parser.feed(Array(frame.utf8)).flatMap { reader.take(.event(request, $0), at: now) }
        #expect(messages.eventNames == ["RUN_FINISHED"])
        guard case .dialect(_, let coverage) = messages.last else { Issue.record("nothing said"); return }
        #expect(coverage.timing == .asItHappens && coverage.isSilentWithinSteps)
        #expect(Dialect.agentToAgent.coverage.timing == .snapshotsOnly)
    }

    @Test func complaintsAreRefused() {
        var reader = reader()
        let request = reader.requests[1]
        let old = document("{\"error\":{\"message\":\"version\"}}")
        #expect(
            reader.take(.document(request, old, took: .zero), at: now)
                == [
                    .read(
                        ReadOutcome(.sessions, "GET /a2a/tasks", failure: "the agent answered: version"))
                ])
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
