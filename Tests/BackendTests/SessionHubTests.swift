@testable import Backend
@testable import ContextMonitor
import Logging
import PatternDetection
import Testing
import WireProtocol

@Suite struct SessionHubTests {
    private let monitor: ContextMonitor
    private let hub: SessionHub

    /// A hub without a server; its agent's slow tool takes a minute when `isSlow`.
    init() {
        let configuration = MonitorConfiguration(name: "t", version: "1", instance: "i", bootID: "b")
        let monitor = ContextMonitor(configuration, now: SystemClock.now)
        let registry = DispatcherRegistry(monitor: monitor, now: SystemClock.now)
        let state = PathState(toolClasses: .present(ToolCatalogue.all), toolDispatcher: .nil)
        let states = ApplicationStates(
            Dictionary(uniqueKeysWithValues: ConsumerPath.all.map { ($0, state) }), monitor: monitor)
        let factory = DispatcherFactory(
            monitor: monitor, registry: registry, logger: Logger(label: "test"), now: SystemClock.now,
            allowsLegacyFallback: false)
        // Every thought takes a minute: a run ends when it is cancelled.
        let pace = AgentPace(thinkingMilliseconds: 60_000...60_000, slowToolMilliseconds: 0...0)
        self.monitor = monitor
        hub = SessionHub(
            monitor: monitor, factory: factory, states: states, agent: ScriptedAgent(pace: pace, seed: 1),
            graceTime: .seconds(3600), now: SystemClock.now)
    }

    private func open(_ id: SessionID, on path: ConsumerPath = .websocket, connection: String? = nil)
        async throws -> Session
    {
        try await hub.open(id, user: "ada", on: path, request: nil, connection: connection)
    }

    /// How often something was told to the operators.
    private func count(_ text: String) -> Int {
        monitor.ringLines().count { String(decoding: $0, as: UTF8.self).contains(text) }
    }

    @Test func aSessionThatManyEndEndsOnce() async throws {
        _ = try await open("s")
        let (_, end) = try await hub.start("go", run: "r", in: "s", user: "ada", on: .websocket)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask { [hub] in
                    await hub.end(Owned("s", of: "ada"), reason: "call \(number)")
                    // Every caller returns when the session is gone, not before.
                    #expect(await end.value == .cancelled)
                    #expect(monitor.snapshot().sessions.map(\.state) == [.ended])
                }
            }
            group.addTask { [hub] in await hub.drain(limit: .zero) }
        }
        #expect(count(#""change":"closed""#) == 1)
        #expect(count(#""to":"disposed""#) == 1)
        #expect(monitor.snapshot().contexts.isEmpty)
    }

    @Test func aSessionThatEndsTakesNoWorkWhileItsRunsEnd() async throws {
        _ = try await open("s")
        let (closed, gate) = AsyncStream<Void>.makeStream()
        // A run that does not listen to its cancellation, until the gate opens.
        let waiting = Task { for await _ in closed {} }
        await hub.add(
            Task {
                await waiting.value; return .cancelled
            }, in: "s")
        let ends = (0..<2).map { _ in Task { await hub.end(Owned("s", of: "ada"), reason: "done") } }
        #expect(await eventually { await hub.all(of: "ada").isEmpty })
        await #expect(throws: SessionError.notFound) {
            try await hub.start("go", run: nil, in: "s", user: "ada", on: .websocket)
        }
        #expect(count(#""change":"closed""#) == 0)
        gate.finish()
        for end in ends { await end.value }
        #expect(count(#""change":"closed""#) == 1)
        #expect(count(#""to":"draining""#) == 1)
    }

    @Test func aSessionOfTheSameIdWaitsForTheEndOfTheFirst() async throws {
        let first = try await open("s")
        async let end: Void = hub.end(Owned("s", of: "ada"), reason: "done")
        async let second = open("s")
        _ = await end
        // Whether it came before or behind the end, there is never a second dispatcher beside the first.
        _ = try? await second
        #expect(first.dispatcher != nil)
        #expect(monitor.snapshot().dispatchers.count { $0.state != .disposed } <= 1)
    }

    @Test func aSweepTakesOnlyWhatIsIdleOnItsPath() async throws {
        _ = try await open("web")
        _ = try await open("idle", on: .http)
        _ = try await open("busy", on: .http)
        let (_, end) = try await hub.start("go", run: "r", in: "busy", user: "ada", on: .http)
        await hub.sweep(.http, idleFor: .seconds(-1))
        #expect(await hub.all(of: "ada").map(\.id) == ["busy", "web"])
        end.cancel()
        #expect(await end.value == .cancelled)
    }

    @Test func aDispatcherThatIsIdleIsDisposedAndTheNextRunGetsANewOne() async throws {
        let first = try #require(try await open("s").dispatcher)
        await hub.expireDispatchers(idleFor: .seconds(3600))
        #expect(try await hub.find("s", user: "ada").dispatcher?.id == first.id)
        await hub.expireDispatchers(idleFor: .seconds(-1))
        #expect(try await hub.find("s", user: "ada").dispatcher == nil)
        #expect(count("idle for -1 s") == 2)
        let second = try #require(try await open("s").dispatcher)
        #expect(second.id != first.id)
        #expect(monitor.snapshot().dispatchers.count { $0.state == .disposed } == 1)
    }

    @Test func anOrphanIsSeenAsOneAndThenDisposed() async throws {
        let registry = await hub.factory.registry
        var record = DispatcherRecord(id: "lost")
        record.session = "nobody's"
        await registry.request(record)
        await registry.move("lost", to: .active, reason: "ready")
        _ = try await open("s")
        await hub.sweepOrphans()
        #expect(monitor.snapshot().dispatchers.filter { $0.id == "lost" }.map(\.state) == [.orphaned])
        await hub.sweepOrphans()
        #expect(monitor.snapshot().dispatchers.filter { $0.id == "lost" }.map(\.state) == [.disposed])
        #expect(monitor.snapshot().dispatchers.count { $0.state == .active } == 1)
        await hub.drain(limit: .zero)
        #expect(await registry.count == 0)
    }

    @Test func aLostConnectionLeavesItsSessionUntilSomebodyResumesIt() async throws {
        _ = try await open("s", connection: "one")
        await hub.release(Owned("s", of: "ada"), from: "one", isFinal: false)
        #expect(try await hub.find("s", user: "ada").grace != nil)
        let resumed = try await hub.resume("s", user: "ada", connection: "two")
        #expect(resumed.id == "s")
        #expect(try await hub.find("s", user: "ada").grace == nil)
        // The first connection holds it no more.
        await hub.release(Owned("s", of: "ada"), from: "one", isFinal: true)
        #expect(try await hub.find("s", user: "ada").connection == "two")
        await hub.release(Owned("s", of: "ada"), from: "two", isFinal: true)
        await #expect(throws: SessionError.notFound) { try await hub.find("s", user: "ada") }
    }

    @Test func otherPeoplesAndOtherPathsSessionsAreRefused() async throws {
        _ = try await open("h", on: .http)
        _ = try await open("s", connection: "one")
        await #expect(throws: SessionError.notFound) {
            try await hub.resume("s", user: "bob", connection: "b")
        }
        let bobs = try await hub.open("s", user: "bob", on: .http, request: nil, connection: nil)
        #expect(try await hub.find("s", user: "ada").context.id != bobs.context.id)
        await #expect(throws: SessionError.otherPath(.http)) {
            try await hub.resume("h", user: "ada", connection: "one")
        }
        await #expect(throws: SessionError.otherPath(.http)) { try await open("h", connection: "one") }
        await #expect(throws: SessionError.otherPath(.websocket)) { try await open("s", on: .http) }
        await #expect(throws: SessionError.otherPath(.http)) {
            try await hub.start("go", run: nil, in: "h", user: "ada", on: .websocket)
        }
        #expect(try await hub.find("s", user: "ada").connection == "one")
    }

    @Test func aRunIsFoundAfterItsEndAndThatOfItsSession() async throws {
        _ = try await open("s")
        let (_, end) = try await hub.start("go", run: "r", in: "s", user: "ada", on: .websocket)
        #expect(try await hub.run("r", user: "ada").end == nil)
        await #expect(throws: SessionError.runExists) {
            try await hub.start("go", run: "r", in: "s", user: "ada", on: .websocket)
        }
        end.cancel()
        _ = await end.value
        #expect(try await hub.run("r", user: "ada").end == .cancelled)
        await #expect(throws: SessionError.notFound) { try await hub.run("r", user: "bob") }
        await hub.end(Owned("s", of: "ada"), reason: "done")
        #expect(try await hub.run("r", user: "ada").end == .cancelled)
        await #expect(throws: SessionError.notFound) { try await hub.run("r", user: "bob") }
        // Another user's session of the same id changes nothing; the user's own begins anew.
        _ = try await hub.open("s", user: "bob", on: .http, request: nil, connection: nil)
        #expect(try await hub.run("r", user: "ada").end == .cancelled)
        #expect(try await hub.readable("s", user: "ada").log.isFinished)
        _ = try await open("s")
        await #expect(throws: SessionError.notFound) { try await hub.run("r", user: "ada") }
    }

    @Test func aRunIdIsTakenOnlyFromItsOwnUser() async throws {
        for user in ["ada", "bob"] as [UserID] {
            for id in ["s", "t"] as [SessionID] {
                _ = try await hub.open(id, user: user, on: .websocket, request: nil, connection: nil)
            }
        }
        let (_, adas) = try await hub.start("go", run: "r", in: "s", user: "ada", on: .websocket)
        // One user's run of that id is one run, whichever session it is started in.
        await #expect(throws: SessionError.runExists) {
            try await hub.start("go", run: "r", in: "t", user: "ada", on: .websocket)
        }
        let (_, bobs) = try await hub.start("go", run: "r", in: "t", user: "bob", on: .websocket)
        #expect(try await hub.session(running: "r", user: "bob").id == "t")
        try await hub.session(running: "r", user: "ada").runs["r"]?.cancel()
        #expect(await adas.value == .cancelled)
        await #expect(throws: SessionError.notFound) { try await hub.session(running: "r", user: "ada") }
        #expect(try await hub.run("r", user: "bob").end == nil)
        // The id is free again, also after the end of the whole session.
        for _ in 0..<2 {
            _ = try await open("t")
            let (_, again) = try await hub.start("go", run: "r", in: "t", user: "ada", on: .websocket)
            await hub.end(Owned("t", of: "ada"), reason: "done")
            #expect(await again.value == .cancelled)
        }
        #expect(try await hub.run("r", user: "bob").end == nil)
        await hub.end(Owned("t", of: "bob"), reason: "done")
        #expect(await bobs.value == .cancelled)
        #expect(await hub.running.isEmpty)
    }

    @Test func whatIsSweptBelongsToItsUser() async throws {
        _ = try await open("s")
        let bobs = try await hub.open("s", user: "bob", on: .http, request: nil, connection: nil)
        await hub.sweep(.http, idleFor: .seconds(-1))
        await hub.sweepOrphans()
        await hub.sweepOrphans()
        #expect(try await hub.find("s", user: "ada").dispatcher != nil)
        #expect(await hub.all(of: "bob").isEmpty)
        let left = monitor.snapshot().dispatchers.filter { $0.state != .disposed }
        #expect(left.map(\.user) == ["ada"])
        #expect(!left.contains { $0.id == bobs.dispatcher?.id })
    }

    @Test func oneHundredEndedRunsAreRemembered() {
        var runs = EndedRuns()
        for number in 0...EndedRuns.limit { runs.append(RunID(rawValue: "\(number)"), .completed) }
        runs.append("1", .cancelled)
        #expect(runs["0"] == nil)
        #expect(runs["1"] == .cancelled)
        #expect(runs["100"] == .completed)
    }
}

extension SessionHub {
    /// Puts a run of the test's own into a session.
    fileprivate func add(_ run: Task<RunEnd, Never>, in id: SessionID) {
        sessions[Owned(id, of: "ada")]?.runs["test"] = run
    }
}
