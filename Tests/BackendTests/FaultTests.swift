import AsyncHTTPClient
@testable import Backend
@testable import ContextMonitor
import NIOCore
import NIOHTTP1
import PatternDetection
@testable import SyntheticUsers
import Testing
import WireProtocol

/// Each fault really happens: what users get and what operators are sent, over real sockets.
@Suite struct FaultTests {
    /// Runs `body` against a backend with these faults on.
    private func with<Result: Sendable>(
        _ faults: [String], _ body: @Sendable (RunningBackend) async throws -> Result
    ) async throws -> Result {
        let settings = try faults.map { try FaultSetting(parsing: $0) }
        return try await RunningBackend.with({ $0.faults = settings }, body)
    }

    /// A prompt whose plan calls tools.
    private func prompt(_ backend: RunningBackend) throws -> String {
        try #require(PromptsWithoutClock.three(backend).first)
    }

    private func events(_ backend: RunningBackend) throws -> [JSONValue] {
        try backend.monitor.ringLines().map { try JSONParser.parse($0) }.filter {
            $0["type"]?.string != "CUSTOM"
        }
    }

    private func sequences(_ backend: RunningBackend) throws -> [Int64] {
        try events(backend).compactMap { $0["metadata"]?["seq"]?.integer }
    }

    private func violations(_ backend: RunningBackend) -> [String] {
        backend.monitor.snapshot().runs.flatMap(\.violations)
    }

    private func switchFault(_ fault: String, on: Bool, _ backend: RunningBackend) async throws -> UInt {
        try await backend.send(
            .POST, "/monitor/v1/faults", ["fault": .string(fault), "on": .bool(on)], as: nil
        ).status
    }

    @Test(arguments: [
        ("nil-dispatcher", "tool_dispatcher"), ("missing-bridge", "websocket_bridge"),
    ])
    func aMissingComponentFailsTheWebSocketPathUntilItIsSwitchedOff(_ fault: String, _ component: String)
        async throws
    {
        try await with([fault]) { backend in
            let words = "Required component \(component) is missing or None"
            #expect(await backend.work(on: .websocket, "go") == .failed(words))
            #expect(await backend.work(on: .http, "go") == .completed)
            let path = try #require(backend.monitor.snapshot().paths.first { $0.path == .websocket })
            #expect(path.judgement.verdict == .missingComponent(component))
            #expect(try await switchFault(fault, on: false, backend) == 200)
            #expect(await backend.work(on: .websocket, "go") == .completed)
            #expect(backend.monitor.snapshot().paths.allSatisfy { $0.judgement.verdict == .factory })
        }
    }

    @Test func aLeakedDispatcherStaysWhenItsJobHasEnded() async throws {
        try await with(["leak-dispatcher"]) { backend in
            for _ in 0..<3 { #expect(await backend.work(on: .background, "go") == .completed) }
            #expect(
                await eventually { backend.monitor.snapshot().sessions.allSatisfy { $0.state == .ended } })
            let left = backend.monitor.snapshot().dispatchers.filter { $0.state != .disposed }
            #expect(left.count == 3)
        }
    }

    @Test func whatIsHalfBuiltStaysRegistered() async throws {
        try await with(["half-built"]) { backend in
            let words = "licensed_search: tool not available: the licence server gave no seat"
            #expect(await backend.work(on: .websocket, "go") == .failed(words))
            let left = backend.monitor.snapshot().dispatchers
            #expect(left.map(\.state) == [.halfBuilt])
            #expect(left.map(\.owners) == [["ada@acme.io"]])
        }
    }

    @Test func withoutTheFaultWhatIsHalfBuiltIsDisposed() async throws {
        try await RunningBackend.with {
            $0.toolClasses = [Calculate.self, UnlicensedTool.self]
        } _: { backend in
            guard case .failed = await backend.work(on: .websocket, "go") else {
                Issue.record("it was created")
                return
            }
            #expect(backend.monitor.snapshot().dispatchers.map(\.state) == [.disposed])
        }
    }

    @Test func aSharedDispatcherServesTwoUsersAndEndsWithTheLast() async throws {
        try await with(["share-dispatcher"]) { backend in
            var ada = backend.user(on: .websocket, named: "ada")
            var bob = backend.user(on: .websocket, named: "bob")
            #expect(await ada.work("go") == .completed)
            #expect(await bob.work("go") == .completed)
            let shared = backend.monitor.snapshot().dispatchers
            #expect(shared.map(\.owners) == [["ada", "bob"]])
            #expect(shared.map(\.state) == [.shared])
            await ada.leave()
            #expect(
                await eventually { backend.monitor.snapshot().sessions.contains { $0.state == .ended } })
            // What is said of it from now on is said in the name of the one whose session it is.
            #expect(await eventually { backend.monitor.snapshot().dispatchers.map(\.user) == ["bob"] })
            #expect(await bob.work("again") == .completed)
            await bob.leave()
            #expect(
                await eventually { backend.monitor.snapshot().dispatchers.map(\.state) == [.disposed] })
        }
    }

    @Test func aCrossedEventReachesAnotherUserAndNotItsOwn() async throws {
        try await with(["cross-user-event"]) { backend in
            #expect(await backend.work(on: .http, as: "ada", "go") == .completed)
            let prompt = try prompt(backend)
            #expect(await backend.work(on: .http, as: "bob", prompt) == .completed)
            let run = try #require(backend.monitor.snapshot().runs.first { $0.user == "bob" })
            #expect(run.violations == ["delivered to another user"])
            let hub = backend.server.backend.hub
            let adas = try await hub.find("thread-ada", user: "ada").log.batch(after: 0, limit: 500).events
            let bobs = try await hub.find("thread-bob", user: "bob").log.batch(after: 0, limit: 500).events
            #expect(adas.contains { $0.run == run.id && $0.type == .toolCallResult })
            #expect(!bobs.contains { $0.type == .toolCallResult })
            #expect(bobs.contains { $0.type == .toolCallStart })
        }
    }

    @Test func aCrossedEventIsFoundAmongSessionsAndRunsOfTheSameName() async throws {
        try await with(["cross-user-event"]) { backend in
            for user in ["ada", "bob"] {
                let answer = try await backend.text(
                    "/v1/agents/assistant/ag-ui", as: user, method: .POST,
                    ["threadId": "t", "runId": "r", "prompt": .string(try prompt(backend))])
                #expect(answer.status == 200)
            }
            let runs = backend.monitor.snapshot().runs.sorted { $0.key < $1.key }
            #expect(runs.map(\.user) == ["ada", "bob"])
            #expect(runs.map(\.violations) == [[], ["delivered to another user"]])
            // What reached ada's session in her name does not make bob's dispatcher hers.
            let sessions = backend.monitor.snapshot().sessions
            #expect(Set(sessions.compactMap(\.dispatcher)).count == 2)
        }
    }

    @Test(arguments: [
        ("tool_completed", EventType.toolCallResult), ("TOOL_CALL_START", .toolCallStart),
        ("agent_started", .runStarted),
    ])
    func aDroppedEventNeverArrives(_ name: String, _ type: EventType) async throws {
        try await with(["drop-event=\(name)"]) { backend in
            #expect(await backend.work(on: .http, try prompt(backend)) == .completed)
            let types = try events(backend).compactMap { $0["type"]?.string }
            #expect(!types.contains("\(type.wireName)"))
            #expect(types.contains("RUN_FINISHED"))
            #expect(violations(backend).contains("gap in sequence"))
        }
    }

    @Test func aDuplicatedEventArrivesTwice() async throws {
        try await with(["duplicate-event"]) { backend in
            #expect(await backend.work(on: .http, try prompt(backend)) == .completed)
            let sequences = try sequences(backend)
            #expect(sequences.prefix(8) == [0, 1, 2, 3, 3, 4, 5, 6])
            #expect(violations(backend).contains("duplicate"))
        }
    }

    @Test func aReorderedEventArrivesBehindTheNext() async throws {
        try await with(["reorder"]) { backend in
            #expect(await backend.work(on: .http, try prompt(backend)) == .completed)
            let sequences = try sequences(backend)
            #expect(sequences.prefix(8) == [0, 1, 2, 4, 3, 5, 6, 8])
            #expect(sequences.sorted() == Array(0..<Int64(sequences.count)))
            #expect(violations(backend).contains("out of order"))
        }
    }

    @Test func aStalledRunGoesOnWhenTheFaultIsSwitchedOff() async throws {
        try await with(["stall"]) { backend async throws in
            async let outcome = backend.work(on: .http, "go")
            #expect(await eventually { backend.monitor.snapshot().runs.map(\.state) == [.open] })
            #expect(try events(backend).map { $0["type"]?.string } == ["RUN_STARTED"])
            #expect(try await switchFault("stall", on: false, backend) == 200)
            #expect(await outcome == .completed)
        }
    }

    @Test func anAgentThatDiesSilentlyLeavesItsRunOpen() async throws {
        try await with(["silent-death"]) { backend in
            let job = try await backend.send(.POST, "/v1/jobs", ["prompt": "go"], as: "ada").body
            let path = "/v1/jobs/\(job["id"]?.string ?? "")"
            #expect(
                try await eventually {
                    try await backend.get(path, as: "ada").body["state"]?.string == "lost"
                })
            let types = try events(backend).compactMap { $0["type"]?.string }
            #expect(types.count == 4)
            #expect(types.first == "RUN_STARTED")
            #expect(
                await eventually { backend.monitor.snapshot().runs.map(\.state) == [.lost] })
        }
    }

    @Test func aStandInSendsEverythingAndDoesNothing() async throws {
        try await with(["fallback-impersonation"]) { backend in
            #expect(await backend.work(on: .http, "go") == .completed)
            let words = try #require(backend.monitor.snapshot().sessions.first?.eventsSeen)
            #expect(Set(words) == Set(OperatorWord.allCases).subtracting([.agentError]))
            #expect(violations(backend).isEmpty)
            let dispatcher = try #require(backend.monitor.snapshot().dispatchers.first)
            #expect(dispatcher.executed + dispatcher.failed == 0)
            #expect(try events(backend).dropFirst().first?["metadata"]?["dispatcher"] == nil)
        }
    }

    @Test func slowHealthTakesItsTime() async throws {
        try await with(["slow-health"]) { backend in
            let began = ContinuousClock.now
            let status = try await backend.get("/health").status
            #expect(status == 200)
            #expect(.now - began >= .seconds(3))
        }
    }

    @Test func healthThatLiesPassesWhileAPathFails() async throws {
        try await with(["lying-health", "nil-dispatcher"]) { backend in
            #expect(await backend.work(on: .websocket, "go") != .completed)
            let (status, body) = try await backend.get("/health")
            #expect(status == 200)
            #expect(body["status"] == "pass")
            #expect(body["links"]?["monitor"] == "/monitor/v1")
            #expect(try await switchFault("lying-health", on: false, backend) == 200)
            #expect(try await backend.get("/health").status == 503)
        }
    }

    @Test func aFloodIsManyEventsAndNoViolation() async throws {
        try await with(["flood"]) { backend in
            #expect(await backend.work(on: .http, "go") == .completed)
            let deltas = try events(backend).filter { $0["type"] == "TEXT_MESSAGE_CONTENT" }
            #expect(deltas.count >= 1000)
            let sequences = try sequences(backend)
            #expect(sequences == Array(0..<Int64(sequences.count)))
            #expect(violations(backend).isEmpty)
        }
    }

    // MARK: Switching

    @Test(
        arguments: [
            (nil, 401), ("reader", 403), ("actor", 200),
        ] as [(String?, UInt)])
    func onlyAnOperatorWhoMayActSwitchesFaults(_ token: String?, _ status: UInt) async throws {
        let tokens = try OperatorToken.parse(file: "reader r read\nactor a read,act\n")
        try await RunningBackend.with {
            $0.operators = .tokens(tokens)
        } _: { backend in
            var request = HTTPClientRequest(url: backend.base + "/monitor/v1/faults")
            request.method = .POST
            request.body = .bytes(Array(#"{"fault":"stall","on":true}"#.utf8))
            if let token { request.headers.add(name: "Authorization", value: "Bearer " + token) }
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
            #expect(response.status.code == status)
            #expect(backend.server.backend.activeFaults.count == (status == 200 ? 1 : 0))
        }
    }

    @Test(arguments: [
        ("smoke", #""smoke" is no fault"#), ("stall=1", "takes no value"), ("drop-event", "drop-event=NAME"),
        ("drop-event=nothing", #"knows no "nothing""#),
    ])
    func aFaultThatIsNoneIsRefusedInWords(_ text: String, _ words: String) async throws {
        var refusal = ""
        do throws(FaultSettingError) { _ = try FaultSetting(parsing: text) } catch {
            refusal = error.description
        }
        #expect(refusal.contains(words))
        let status = try await with([]) { try await switchFault(text, on: true, $0) }
        #expect(status == 400)
    }

    @Test func everyFaultHasANameOfItsOwnAndChangesSomething() {
        #expect(Set(Fault.all.map(\.name)).count == Fault.all.count)
        for fault in Fault.all {
            #expect(
                fault.changesPath != nil || fault.dispatchers != nil || fault.misdelivers != nil
                    || fault.runs != nil || fault.health != nil)
        }
    }
}
