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
        case "/ok": .whole("{\"ok\":true}")
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
