import ContextMonitor
import NIOHTTP1
import PatternDetection
import Testing
import WireProtocol

@testable import Backend
@testable import SyntheticUsers

/// What an operator changes at run time, through the routes of WIRE.md.
@Suite(.timeLimit(.minutes(2))) struct OperatorActionTests {
    private func post(
        _ backend: RunningBackend, _ route: String, _ body: JSONValue? = nil
    ) async throws -> (status: UInt, words: String) {
        let (status, answer) = try await backend.send(.POST, "/monitor/v1" + route, body, as: nil)
        return (status, answer["detail"]?.string ?? "")
    }

    private func verdicts(_ backend: RunningBackend) -> [String] {
        backend.monitor.snapshot().paths.map { $0.judgement.verdict.description }
    }

    @Test func aSessionIsTerminatedWithItsDispatcher() async throws {
        try await RunningBackend.with { backend in
            var user = backend.user(on: .http)
            #expect(await user.work("1+1") == .completed)
            let session = try #require(backend.monitor.snapshot().sessions.first)
            let (status, words) = try await post(backend, "/sessions/\(session.id)/terminate")
            #expect(status == 200 && words.hasPrefix("terminated session"))
            let after = backend.monitor.snapshot()
            #expect(after.sessions.map(\.state) == [.ended])
            #expect(after.dispatchers.map(\.state) == [.disposed])
            #expect(try await post(backend, "/sessions/\(session.id)/terminate").status == 404)
            await user.leave()
        }
    }

    @Test func anIdOfSeveralUsersNeedsTheNameOfOne() async throws {
        try await RunningBackend.with { backend in
            let hub = backend.server.backend.hub
            for user in ["ada", "bob & co"] as [UserID] {
                _ = try await hub.open("s", user: user, on: .http, request: nil, connection: nil)
            }
            let route = "/monitor/v1/sessions/s/terminate"
            let (status, problem) = try await backend.send(.POST, route, nil, as: nil)
            #expect(status == 409)
            #expect(problem["owners"] == ["ada", "bob & co"])
            #expect(
                problem["detail"] == "2 users have a session s; add ?user=NAME with one of the owners")
            #expect(try await post(backend, "/sessions/s/terminate?user=eve").status == 404)
            #expect(
                try await post(backend, "/sessions/s/terminate?user=bob%20%26%20co")
                    == (200, "terminated session s of bob & co"))
            #expect(await hub.all(of: "ada").count == 1)
            // One owner is left, who need not be named.
            #expect(try await post(backend, "/sessions/s/terminate").status == 200)
            #expect(await hub.all(of: "ada").isEmpty)
        }
    }

    @Test func aDisposedDispatcherIsReplacedWithTheNextRun() async throws {
        try await RunningBackend.with { backend in
            var user = backend.user(on: .http)
            #expect(await user.work("1+1") == .completed)
            let first = try #require(backend.monitor.snapshot().dispatchers.first)
            #expect(try await post(backend, "/dispatchers/\(first.id)/dispose").status == 200)
            #expect(try await post(backend, "/dispatchers/\(first.id)/dispose").status == 404)
            #expect(await user.work("2+2") == .completed)
            let states = Dictionary(
                uniqueKeysWithValues: backend.monitor.snapshot().dispatchers.map { ($0.id, $0.state) })
            #expect(states.count == 2 && states[first.id] == .disposed)
            await user.leave()
        }
    }

    @Test func theSingletonIsNotDisposed() async throws {
        try await RunningBackend.with {
            $0.patterns = PatternAssignment(all: .singleton)
        } _: { backend in
            #expect(await backend.work(on: .http, "1+1") == .completed)
            let (status, words) = try await post(backend, "/dispatchers/global/dispose")
            #expect(status == 409 && words.contains("singleton"))
        }
    }

    @Test func aPathIsMigratedAndItsIdleSessionsFollow() async throws {
        try await RunningBackend.with {
            $0.patterns = PatternAssignment(all: .singleton)
        } _: { backend in
            var user = backend.user(on: .http)
            #expect(await user.work("1+1") == .completed)
            let (status, words) = try await post(backend, "/paths/http/pattern", ["pattern": "factory"])
            #expect(status == 200 && words == "switched http to factory")
            #expect(verdicts(backend).sorted() == ["factory", "singleton", "singleton"])
            #expect(await user.work("2+2") == .completed)
            let used = try #require(backend.monitor.snapshot().paths.first { $0.path == .http }).lastUsedAt
            #expect(Set(used.keys.map { "\($0)" }) == ["factory", "singleton"])
            await user.leave()
        }
    }

    /// The seed's first lesson: a migration is atomic across all consumers.
    @Test func allPathsAreSwitchedOrNone() async throws {
        try await RunningBackend.with { backend in
            let refused = try await post(backend, "/paths/all/pattern", ["pattern": "unconfigured"])
            #expect(refused.status == 409)
            for path in ConsumerPath.all { #expect(refused.words.contains(path.rawValue)) }
            #expect(Set(verdicts(backend)) == ["factory"])
            let rehearsed = try await backend.send(
                .POST, "/monitor/v1/paths/all/pattern", ["pattern": "singleton", "rehearse": true], as: nil)
            #expect(rehearsed.body["passed"] == true)
            #expect(rehearsed.body["paths"]?.array?.count == 3)
            #expect(Set(verdicts(backend)) == ["factory"])
            #expect(try await post(backend, "/paths/all/pattern", ["pattern": "singleton"]).status == 200)
            #expect(Set(verdicts(backend)) == ["singleton"])
        }
    }

    @Test(arguments: [
        ("/paths/http/pattern", #"{"pattern":"nonsense"}"#, 400), ("/paths/http/pattern", "{", 400),
        ("/paths/nowhere/pattern", #"{"pattern":"factory"}"#, 404),
        ("/paths/ht%74p/pattern", #"{"pattern":"factory"}"#, 200),
        ("/sessions/none/terminate", "{}", 404), ("/dispatchers/none/dispose", "{}", 404),
    ])
    func aBadActionIsRefusedInWords(route: String, body: String, status: UInt) async throws {
        try await RunningBackend.with { backend in
            let json = (try? JSONParser.parse(Array(body.utf8))) ?? .string(body)
            let answer = try await post(backend, route, json)
            #expect(answer.status == status)
            #expect(!answer.words.isEmpty)
        }
    }

    @Test func aRunThatIsUnderWayFinishesOnWhatItStartedWith() async throws {
        try await RunningBackend.with {
            $0.pace = AgentPace(thinkingMilliseconds: 60...60, slowToolMilliseconds: 0...0)
        } _: { (backend) async throws in
            let working = Task { () -> [WorkOutcome] in
                var user = backend.user(on: .http)
                let outcomes = [await user.work("3*4"), await user.work("5*6")]
                await user.leave()
                return outcomes
            }
            #expect(
                await eventually { !backend.monitor.snapshot().runs.filter { $0.state == .open }.isEmpty })
            let switched = try await post(backend, "/paths/http/pattern", ["pattern": "singleton"])
            #expect(switched.status == 200)
            #expect(await working.value == [.completed, .completed])
            let dispatchers = backend.monitor.snapshot().dispatchers
            #expect(Set(dispatchers.map(\.pattern)) == [.factory, .singleton])
        }
    }
}
