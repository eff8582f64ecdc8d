import AsyncHTTPClient
import Dialects
import Testing
import WireProtocol

@testable import ConsoleClient

/// Backends of other people over real sockets: recognised by looking, then followed as their dialect asks.
@Suite(.timeLimit(.minutes(5))) struct DialectLinkTests {
    private static let info = FakeAnswer.whole("{\"version\":\"0.16\",\"langgraph_py_version\":\"1.2\"}")
    private static let threads = FakeAnswer.whole(
        "[{\"thread_id\":\"t-1\",\"status\":\"busy\",\"metadata\":{\"user_id\":\"ada\"}}]")

    /// A LangGraph Server with one busy thread.
    private static func server(_ request: FakeRequest) -> FakeAnswer {
        switch request.path {
        case "/ok", "/health": .whole("{\"ok\":true}")
        case "/info": info
        case "/threads/search": threads
        case "/threads/t-1/runs?limit=20": .whole("[{\"run_id\":\"r-1\",\"status\":\"running\"}]")
        case "/threads/t-1/stream":
            .stream(
                "event: metadata\ndata: {\"run_id\":\"r-1\"}\nid: 1795441440096-0\n\n",
                "event: tasks\ndata: {\"name\":\"tools\",\"input\":{}}\nid: 1795441440097-\(request.turn)\n\n"
            )
        default: .whole("{\"detail\":\"Not Found\"}", status: 404)
        }
    }

    @Test func readsALangGraphServerOnce() async throws {
        try await FakeServer.serving(Self.server) { server in
            let messages = await BackendReader.readOnce(try BackendTarget(server.origin), .patient)
            #expect(
                messages.contains(
                    .dialect(
                        name: "langgraph", coverage: Dialect.langGraphServer.coverage.exposed(on: .other))))
            #expect(messages.snapshots.last?.sessions.map(\.user) == ["ada"])
            #expect(messages.snapshots.last?.runs.map(\.state) == [.open])
            #expect(messages.lastLink == .link(.connected, reason: nil, retryIn: nil))
            let search = server.history.first { $0.path == "/threads/search" }
            #expect(search?.line.hasPrefix("POST ") == true)
        }
    }

    @Test func followsAndResumesAThreadsStream() async throws {
        try await FakeServer.serving(Self.server) { server in
            let links = try ConsoleLinks(.live)
            let link = links.connection(to: try BackendTarget(server.origin), jitter: { 0 })
            let running = Task { await link.run() }
            var lines: [String] = []
            for await message in link.messages {
                lines += [message].eventLines
                if lines.count >= 4 { break }
            }
            running.cancel()
            await running.value
            await links.shutDown()
            #expect(lines.first?.contains("RUN_STARTED") == true)
            #expect(lines.allSatisfy { $0.contains("\"session\":\"t-1\"") })
            let resumed = server.history.filter { $0.path == "/threads/t-1/stream" }
            #expect(resumed.first?.headers["last-event-id"] == nil)
            #expect(resumed.last?.headers["last-event-id"] == "1795441440096-0")
        }
    }

    @Test func whatWasReadOutlivesALostLink() async throws {
        try await FakeServer.serving({ request in
            // One answer of health is cut off after the stream was open.
            request.path == "/health" && request.turn == 40
                ? FakeAnswer(pieces: [Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n".utf8)])
                : Self.server(request)
        }) { server in
            let links = try ConsoleLinks(.live)
            let link = links.connection(to: try BackendTarget(server.origin), jitter: { 0 })
            let running = Task { await link.run() }
            var states: [LinkState] = []
            var starts = 0
            for await message in link.messages {
                starts += [message].eventLines.count { $0.contains("RUN_STARTED") }
                if case .link(let state, _, _) = message { states.append(state) }
                if states.count(where: { $0 == .connected }) >= 2,
                    server.history.last?.path == "/threads/search"
                {
                    break
                }
            }
            running.cancel()
            await running.value
            await links.shutDown()
            #expect(states.contains(.lost))
            #expect(starts == 1)
            let streams = server.history.filter { $0.path == "/threads/t-1/stream" }
            // Every time but the first it is resumed.
            #expect(streams.count > 1)
            #expect(streams.dropFirst().allSatisfy { $0.headers["last-event-id"] != nil })
        }
    }

    @Test func aServerBelowAPathIsFollowedThere() async throws {
        try await FakeServer.serving({ request in
            guard request.path.hasPrefix("/chat/") else { return .whole("{\"ok\":true}") }
            let path = request.line.replacing(" /chat", with: " ")
            return Self.server(FakeRequest(line: path, headers: request.headers))
        }) { server in
            for path in ["/chat", "/chat/"] {
                let target = try BackendTarget(server.origin + path)
                let messages = await BackendReader.readOnce(target, .patient)
                #expect(messages.snapshots.last?.sessions.map(\.user) == ["ada"])
                #expect(messages.snapshots.last?.runs.map(\.state) == [.open])
            }
            #expect(server.history.contains { $0.path == "/chat/threads/search" })
        }
    }

    @Test(arguments: ["/agents/ops", "/agents/ops/.well-known/agent-card.json"])
    func anAgentBelowAPathIsFoundByItsCard(_ path: String) async throws {
        try await FakeServer.serving({ request in
            switch request.path {
            case "/agents/ops/.well-known/agent-card.json":
                .whole(
                    "{\"name\":\"ops\",\"supportedInterfaces\":[{\"url\":\"http://x/agents/ops/\",\"protocolBinding\":\"HTTP+JSON\"}]}"
                )
            case "/agents/ops/tasks?pageSize=100":
                .whole("{\"tasks\":[{\"id\":\"t\",\"status\":{\"state\":\"TASK_STATE_WORKING\"}}]}")
            default: .whole("no", status: 404)
            }
        }) { server in
            let messages = await BackendReader.readOnce(try BackendTarget(server.origin + path), .patient)
            #expect(messages.healths.last?.status == .pass)
            #expect(messages.snapshots.last?.runs.map(\.state) == [.open])
        }
    }

    @Test func aListOfManyPagesIsReadByOneShotCommands() async throws {
        try await FakeServer.serving({ request in
            guard request.path.hasPrefix("/tasks?") else {
                return request.path == "/.well-known/agent-card.json"
                    ? .whole(
                        "{\"name\":\"ops\",\"supportedInterfaces\":[{\"url\":\"http://x/\",\"protocolBinding\":\"HTTP+JSON\"}]}"
                    ) : .whole("no", status: 404)
            }
            if request.path.contains("status=") { return .whole("{\"tasks\":[],\"totalSize\":0}") }
            let page = request.path.split(separator: "=").last.flatMap { Int($0) } ?? 100
            let number = page == 100 ? 0 : page
            let next = number < 8 ? "\(number + 1)" : ""
            return .whole(
                "{\"tasks\":[{\"id\":\"t-\(number)\",\"status\":{\"state\":\"TASK_STATE_COMPLETED\"}}],\"nextPageToken\":\"\(next)\",\"totalSize\":9}"
            )
        }) { server in
            let messages = await BackendReader.readOnce(try BackendTarget(server.origin), .patient)
            #expect(messages.snapshots.last?.runs.count == 9)
        }
    }

    @Test func aPlainBackendIsProbedAndStaysPlain() async throws {
        try await FakeServer.serving({ request in
            request.path == "/health" ? .whole("{\"status\":\"ok\"}") : .whole("no", status: 404)
        }) { server in
            let messages = await BackendReader.readOnce(try BackendTarget(server.origin), .patient)
            #expect(
                messages.contains(
                    .dialect(name: "health", coverage: Dialect.genericHealth.coverage.exposed(on: .other))))
            #expect(
                Set(server.history.map(\.path))
                    == Set(["/health", "/metrics"] + Dialect.allProbes + HealthRoute.guesses.map(\.path)))
        }
    }

    @Test func aServerThatStartsIsLookedAtOnceItIsWell() async throws {
        try await FakeServer.serving({ request in
            switch (request.path, request.turn) {
            case ("/health", 0): .whole("{\"status\":\"starting\"}", status: 503)
            case ("/health", _): .whole("{\"ok\":true}")
            default: Self.server(request)
            }
        }) { server in
            let links = try ConsoleLinks(.live)
            let link = links.connection(to: try BackendTarget(server.origin), jitter: { 0 })
            let running = Task { await link.run() }
            var names: [String] = []
            for await case .dialect(let name, _) in link.messages {
                names.append(name)
                if name == "langgraph" { break }
            }
            running.cancel()
            await running.value
            await links.shutDown()
            #expect(names == ["health", "langgraph"])
        }
    }

    @Test func anAgentWithoutAHealthEndpointIsFoundByItsCard() async throws {
        try await FakeServer.serving({ request in
            switch request.path {
            case "/.well-known/agent-card.json":
                .whole(
                    "{\"name\":\"ops\",\"supportedInterfaces\":[{\"url\":\"http://x/\",\"protocolBinding\":\"HTTP+JSON\"}]}"
                )
            case "/tasks?pageSize=100":
                request.headers["a2a-version"] == "1.0"
                    ? .whole("{\"tasks\":[{\"id\":\"t\",\"status\":{\"state\":\"TASK_STATE_WORKING\"}}]}")
                    : .whole("{}", status: 400)
            default: .whole("no", status: 404)
            }
        }) { server in
            let messages = await BackendReader.readOnce(try BackendTarget(server.origin), .patient)
            #expect(messages.healths.last?.status == .pass)
            #expect(messages.snapshots.last?.runs.map(\.state) == [.open])
        }
    }

    /// LiteLLM's proxy: `/health` calls every model, two other addresses are public.
    private static func liteLLM(_ request: FakeRequest, isWalled: Bool) -> FakeAnswer {
        switch request.path {
        case "/health" where isWalled: .whole("{\"error\":\"no key\"}", status: 401)
        case "/health": .whole("{\"healthy_endpoints\":[{\"model\":\"m\"}],\"unhealthy_endpoints\":[]}")
        case "/health/liveliness": .whole("\"I'm alive!\"")
        case "/health/readiness": .whole("{\"status\":\"healthy\",\"db\":\"connected\"}")
        default: .whole("{}", status: 404)
        }
    }

    @Test(arguments: [true, false]) func anEndpointThatCostsIsNeverAsked(_ isWalled: Bool) async throws {
        try await FakeServer.serving({ Self.liteLLM($0, isWalled: isWalled) }) { server in
            let links = try ConsoleLinks(.live)
            let link = links.connection(to: try BackendTarget(server.origin), jitter: { 0 })
            let running = Task { await link.run() }
            for await request in server.requests where request.path == "/health/readiness" {
                if request.turn >= 3 { break }
            }
            running.cancel()
            await running.value
            await links.shutDown()
            #expect(server.history.allSatisfy { $0.path != "/health" })
        }
    }

    @Test func anEndpointThatCostsIsReadWhereTheTargetNamesIt() async throws {
        try await FakeServer.serving({ Self.liteLLM($0, isWalled: false) }) { server in
            let messages = await BackendReader.readOnce(
                try BackendTarget(server.origin + "/health"), .patient)
            #expect(messages.health?.checks.map(\.name) == ["m"])
            #expect(server.history.map(\.path) == ["/health"])
            #expect(messages.contains { if case .dialect("litellm", _) = $0 { true } else { false } })
        }
    }

    @Test func behindAWallHealthIsNotObservableRatherThanDown() async throws {
        try await FakeServer.serving({ _ in .whole("{\"detail\":\"who are you\"}", status: 401) }) { server in
            let messages = await BackendReader.readOnce(try BackendTarget(server.origin), .patient)
            #expect(messages.health?.status == .unknown)
            #expect(messages.health?.reason?.contains("--token-file") == true)
            #expect(messages.lastLink == .link(.connected, reason: nil, retryIn: nil))
        }
    }

    @Test func aSlowAddressHasItsOwnTimeout() async throws {
        try await FakeServer.serving({ _ in .silence }) { server in
            let target = try BackendTarget(server.origin)
            let client = try HTTPReader.client(.patient)
            let reader = HTTPReader(target: target, options: .patient, client: client)
            let (reasons, told) = AsyncStream<String>.makeStream()
            let link = DialectLink(SlowReader(), reader, jitter: { 0 }) { message in
                if case .refused(_, let reason) = message { told.yield(reason) }
            }
            let running = Task { await link.run() }
            var first: String?
            for await reason in reasons {
                first = reason
                break
            }
            running.cancel()
            await running.value
            try await client.shutdown()
            #expect(first == "no answer within 0.2 s")
        }
    }

    /// An AgentOS with one session, which misses its third health answer.
    private static func agentOS(_ request: FakeRequest) -> FakeAnswer {
        switch (request.path, request.turn) {
        case ("/health", 2): .silence
        case ("/health", _): .whole("{\"status\":\"ok\"}")
        case ("/info", _): .whole("{\"agno_version\":\"3.1.10\"}")
        case ("/sessions/s1/runs?type=agent", _):
            .whole("[{\"run_id\":\"r1\",\"status\":\"COMPLETED\",\"created_at\":1795999094}]")
        case (let path, _) where path.hasPrefix("/sessions?type=agent"):
            .whole(
                "{\"data\":[{\"session_id\":\"s1\",\"updated_at\":1795999094}],\"meta\":{\"total_count\":1}}")
        case (let path, _) where path.hasPrefix("/sessions?"):
            .whole("{\"data\":[],\"meta\":{\"total_count\":0}}")
        default: .whole("{}", status: 404)
        }
    }

    @Test func aMissedHealthAnswerEndsNothingAndRepeatsNothing() async throws {
        try await FakeServer.serving(Self.agentOS) { server in
            let links = try ConsoleLinks(.live)
            let link = links.connection(to: try BackendTarget(server.origin), jitter: { 0 })
            let running = Task { await link.run() }
            var messages: [Message] = []
            var sinceLoss: [Message]?
            for await message in link.messages {
                messages.append(message)
                if case .link(.lost, _, _) = message { sinceLoss = [] }
                sinceLoss?.append(message)
                if sinceLoss?.snapshots.isEmpty == false { break }
            }
            running.cancel()
            await running.value
            await links.shutDown()
            #expect(messages.eventLines.count == 2)
            #expect(sinceLoss?.eventLines == [])
            #expect(sinceLoss?.snapshots.allSatisfy { $0.sessions.map(\.id) == ["s1"] } == true)
        }
    }

    @Test func aTargetWithAPathIsAskedThereAlone() async throws {
        try await FakeServer.serving({ _ in .whole("{\"status\":\"ok\"}") }) { server in
            _ = await BackendReader.readOnce(try BackendTarget(server.origin + "/my/health"), .patient)
            #expect(server.history.map(\.path) == ["/my/health"])
            _ = await BackendReader.readOnce(try BackendTarget(server.origin), .patient)
            #expect(server.history.map(\.path).contains("/metrics"))
        }
    }

    @Test func aGivenDialectIsNotLookedFor() async throws {
        try await FakeServer.serving(Self.server) { server in
            let target = try BackendTarget(server.origin)
            _ = await BackendReader.readOnce(target, .patient, dialect: .genericHealth)
            #expect(!server.history.map(\.path).contains("/info"))
        }
    }

    @Test func anAddressThatDoesNotAnswerHoldsUpNoOther() async throws {
        try await FakeServer.serving({ request in
            request.path == "/metrics" ? .silence : Self.server(request)
        }) { server in
            var options = ClientOptions()
            options.timeout = .seconds(4)
            let messages = await BackendReader.readOnce(try BackendTarget(server.origin), options)
            #expect(messages.snapshots.last?.sessions.count == 1)
            #expect(
                messages.contains(.refused(what: "/metrics", reason: "no answer within 4 s")))
        }
    }
}

/// Asks one address that is known to be slow.
private struct SlowReader: DialectReader {
    var requests: [DialectRequest] { [DialectRequest("/slow", .once, timeout: .milliseconds(200))] }

    mutating func take(_ answer: DialectAnswer, at moment: Timestamp) -> [Message] {
        if case .failed(let request, let reason) = answer {
            [.refused(what: request.path, reason: reason)]
        } else {
            []
        }
    }
}
