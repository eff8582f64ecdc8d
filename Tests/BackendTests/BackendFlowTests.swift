import AsyncHTTPClient
@testable import Backend
@testable import ContextMonitor
import NIOCore
import NIOHTTP1
import PatternDetection
@testable import SyntheticUsers
import Testing
import WireProtocol

@Suite struct BackendFlowTests {
    /// The events of a path's runs without what differs by identity or time: a call's id loses its run's tag.
    private func story(_ backend: RunningBackend) -> [String] {
        let events = backend.monitor.recordedEvents()
        return events.events.filter { $0.type != .custom }.map { event in
            let call = events.string(event.call).split(separator: "-").dropFirst().joined(separator: "-")
            return "\(event.type.wireName) \(events.string(event.name)) \(call) "
                + "\(event.sequence ?? -1) \(events.string(event.text))"
        }
    }

    @Test(arguments: ConsumerPath.all)
    func singletonAndFactoryTellTheSameStory(_ path: ConsumerPath) async throws {
        var stories: [[String]] = []
        for pattern in [StartupPattern.factory, .singleton] {
            stories.append(
                try await RunningBackend.with {
                    $0.patterns = PatternAssignment(all: pattern)
                    $0.exposesPayloads = true
                } _: { backend in
                    // These prompts call tools; the current time would differ, so none of them asks for it.
                    for prompt in PromptsWithoutClock.three(backend) {
                        #expect(await backend.work(on: path, prompt) == .completed)
                    }
                    return story(backend)
                })
        }
        #expect(stories[0] == stories[1])
        #expect(stories[0].count > 30)
    }

    @Test func twoUsersAtOnceSeeOnlyTheirOwn() async throws {
        try await RunningBackend.with { _ in
        } _: { backend in
            async let first = backend.work(on: .http, as: "ada", "one")
            async let second = backend.work(on: .http, as: "bob", "two")
            #expect(await [first, second] == [.completed, .completed])
            for (user, other) in [("ada", "bob"), ("bob", "ada")] {
                let own = try await backend.get("/v1/sessions", as: user).body["sessions"]?.array ?? []
                #expect(own.map { $0["id"] } == [.string("thread-" + user)])
                #expect(try await backend.get("/v1/sessions/thread-\(other)", as: user).status == 404)
                #expect(try await backend.get("/v1/sessions/thread-\(other)/events", as: user).status == 404)
            }
            let dispatchers = backend.monitor.snapshot().dispatchers
            #expect(dispatchers.count == 2)
            #expect(dispatchers.allSatisfy { $0.owners.count == 1 })
        }
    }

    @Test func aSingletonIsEverybodysAndNobodys() async throws {
        try await RunningBackend.with {
            $0.patterns = PatternAssignment(all: .singleton)
        } _: { backend in
            for (index, user) in ["ada", "bob", "eva"].enumerated() {
                #expect(await backend.work(on: ConsumerPath.all[index], as: user, "go") == .completed)
            }
            let shared = try #require(backend.monitor.snapshot().dispatchers.first)
            #expect(backend.monitor.snapshot().dispatchers.count == 1)
            #expect(shared.owners == ["ada", "bob", "eva"])
            #expect(shared.state == .active)
            #expect(shared.user == nil)
            #expect(shared.session == nil)
        }
    }

    @Test func aDispatcherLivesAsLongAsItsContext() async throws {
        try await RunningBackend.with { _ in
        } _: { backend in
            for path in ConsumerPath.all { #expect(await backend.work(on: path, "go") == .completed) }
            // The connection is closed and the job has ended; the HTTP session stays for its next request.
            #expect(
                await eventually {
                    backend.monitor.snapshot().dispatchers.filter { $0.state != .disposed }.count == 1
                })
            let states = backend.monitor.snapshot().sessions.map { "\($0.path?.rawValue ?? "") \($0.state)" }
            #expect(states.sorted() == ["background ended", "http idle", "websocket ended"])
        }
    }

    @Test(arguments: [false, true])
    func aFactoryThatFailsFallsBackOnlyWhenAllowed(_ isAllowed: Bool) async throws {
        try await RunningBackend.with {
            $0.patterns = PatternAssignment(all: .mixed)
            $0.toolClasses = [BrokenTool.self]
            $0.allowsLegacyFallback = isAllowed
        } _: { backend in
            let outcome = await backend.work(on: .http, "go")
            let path = try #require(backend.monitor.snapshot().paths.first { $0.path == .http })
            #expect((outcome == .completed) == isAllowed)
            #expect(path.lastOutcome.status == (isAllowed ? .fallback : .error))
            #expect(path.lastOutcome.error == "broken: tool not available: no licence")
            #expect(path.fallbacks == (isAllowed ? 1 : 0))
            #expect(path.failed == (isAllowed ? 0 : 1))
            let live = backend.monitor.snapshot().dispatchers.filter { $0.state != .disposed }
            #expect(live.allSatisfy { $0.pattern == .singleton })
        }
    }

    @Test func theIncidentFailsWithTheSeedsWordsUntilThePathIsMigrated() async throws {
        try await RunningBackend.with(Scenario.incident.prepare) { backend in
            let refused = await backend.work(on: .websocket, "hello")
            #expect(refused == .failed("Required component tool_dispatcher is missing or None"))
            #expect(await backend.work(on: .http, "hello") == .completed)
            #expect(try await backend.get("/health").status == 503)
            try await Scenario.incident.play(backend.server.backend, ScenarioTiming(fixAfter: .zero))
            #expect(await backend.work(on: .websocket, "hello") == .completed)
            #expect(try await backend.get("/health").status == 200)
        }
    }

    @Test func aStopLetsRunningRunsEnd() async throws {
        let outcome = try await RunningBackend.with {
            $0.pace = AgentPace(thinkingMilliseconds: 100...100, slowToolMilliseconds: 0...0)
        } _: { backend -> Task<WorkOutcome, Never> in
            let work = Task { await backend.work(on: .http, "go") }
            #expect(await eventually { backend.monitor.snapshot().runs.contains { $0.state == .open } })
            return work
        }
        #expect(await outcome.value == .completed)
    }

    @Test(
        arguments: [
            ("POST", "/v1/agents/nobody/ag-ui", "{}", 404), ("POST", "/v1/agents/assistant/ag-ui", "{", 400),
            ("POST", "/v1/agents/assistant/ag-ui", "{}", 400), ("POST", "/v1/jobs", "[]", 400),
            ("GET", "/v1/jobs/none", "", 404), ("GET", "/v1/runs/none", "", 404), ("GET", "/v1/ws", "", 426),
            ("GET", "/nowhere", "", 404),
        ] as [(String, String, String, UInt)])
    func aWrongRequestGetsAClearAnswer(_ method: String, _ path: String, _ body: String, _ status: UInt)
        async throws
    {
        try await RunningBackend.with { _ in
        } _: { backend in
            var request = HTTPClientRequest(url: backend.base + path)
            request.method = .RAW(value: method)
            if !body.isEmpty {
                request.headers.add(name: "Content-Type", value: "application/json")
                request.body = .bytes(Array(body.utf8))
            }
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
            #expect(response.status.code == status)
            guard path != "/nowhere" else { return }
            #expect(response.headers.first(name: "content-type") == "application/problem+json")
        }
    }

    @Test func syntheticUsersMoveOnEveryPath() async throws {
        try await RunningBackend.with { _ in
        } _: { backend in
            let users = SyntheticUsers(
                host: "127.0.0.1", port: backend.port, traffic: SyntheticTraffic(users: 6, rate: 600),
                client: .shared)
            let traffic = Task { await users.run() }
            let moved = await eventually {
                ConsumerPath.all.allSatisfy { (users.outcomes.byPath[$0.rawValue]?.completed ?? 0) >= 2 }
            }
            traffic.cancel()
            await traffic.value
            #expect(moved)
            #expect(users.outcomes.byPath.values.allSatisfy { $0.failed == 0 && $0.unreachable == 0 })
        }
    }
}

/// A tool that cannot be made.
private struct BrokenTool: Tool {
    static let name = "broken"
    static let summary = "Cannot be made."
    static let schema: JSONValue = ["type": "object"]
    init(_ context: ToolContext) throws(ToolError) { throw .unavailable("no licence") }
    func call(_ arguments: JSONObject) async throws(ToolError) -> ToolOutput { "" }
}

/// Prompts whose plans use tools but never the clock.
enum PromptsWithoutClock {
    static func three(_ backend: RunningBackend) -> [String] {
        let agent = ScriptedAgent(pace: .immediate, seed: backend.server.backend.configuration.seed)
        return (0..<200).map { "prompt \($0)" }.filter { prompt in
            let tools = agent.plan(for: prompt).map(\.tool)
            return tools.count >= 2 && !tools.contains("current_time")
        }.prefix(3).map { $0 }
    }
}

extension ContextMonitor {
    /// Everything in the ring, scanned.
    func recordedEvents() -> EventBatch {
        EventBatch(lines: Array(ringLines().joined(separator: [0x0A])))
    }
}
