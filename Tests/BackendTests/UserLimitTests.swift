import AsyncHTTPClient
import ContextMonitor
import NIOHTTP1
import PatternDetection
import Testing
import WireProtocol

@testable import Backend
@testable import SyntheticUsers

/// What one user may have at the same time, and what becomes of what goes beyond.
@Suite(.timeLimit(.minutes(2))) struct UserLimitTests {
    @Test(arguments: UserLimits.Kind.allCases)
    func theLastOneFitsAndTheNextDoesNot(_ kind: UserLimits.Kind) throws {
        var limits = UserLimits()
        (limits.connections, limits.dispatchers, limits.runs, limits.queued) = (2, 2, 2, 2)
        var usage = UserUsage(limits: limits)
        try usage.take(kind, by: "ada")
        try usage.take(kind, by: "ada")
        #expect(throws: SessionError.userLimit(kind, limit: 2)) { try usage.take(kind, by: "ada") }
        // Another user, and another kind, have limits of their own.
        try usage.take(kind, by: "bob")
        #expect(usage.highest(kind) == 2)
        usage.giveBack(kind, by: "ada")
        try usage.take(kind, by: "ada")
        for _ in 0..<3 { usage.giveBack(kind, by: "ada") }
        #expect(usage.count(kind, of: "ada") == 0)
        #expect(usage.highest(kind) == 1)
    }

    @Test func aSessionTooManyIsRefusedUntilOneEnds() async throws {
        try await RunningBackend.with {
            $0.userLimits.dispatchers = 1
        } _: { backend in
            let route = "/v1/agents/assistant/ag-ui"
            let first = try await backend.text(
                route, as: "ada", method: .POST, ["threadId": "one", "prompt": "1+1"])
            #expect(first.status == 200)
            let (status, answer) = try await backend.send(
                .POST, route, ["threadId": "two", "prompt": "1+1"], as: "ada")
            #expect(status == 429)
            #expect(answer["detail"] == "you have 1 dispatchers, the limit of one user; end one first")
            #expect(
                try await backend.text(route, as: "bob", method: .POST, ["threadId": "b", "prompt": "1+1"])
                    .status == 200)
            let limit = backend.monitor.snapshot().limits["dispatchers of one user"]
            #expect(limit?.used == 1 && limit?.limit == 1)
            try await backend.server.backend.hub.terminate("one", of: nil, by: "test")
            #expect(
                try await backend.text(
                    route, as: "ada", method: .POST, ["threadId": "two", "prompt": "1+1"]
                ).status == 200)
        }
    }

    @Test func aConnectionTooManyIsClosedWithTheReason() async throws {
        try await RunningBackend.with {
            $0.userLimits.connections = 1
        } _: { backend in
            var first = backend.user(on: .websocket)
            #expect(await first.work("1+1") == .completed)
            if case .completed = await backend.work(on: .websocket, "1+1") {
                Issue.record("the second connection of one user was served")
            }
            #expect(await backend.work(on: .websocket, as: "bob", "1+1") == .completed)
            await first.leave()
            #expect(await eventually { await backend.work(on: .websocket, "1+1") == .completed })
        }
    }

    @Test func aRunTooManyIsRefusedOverAllSessions() async throws {
        try await RunningBackend.with {
            $0.userLimits.runs = 1
            $0.pace = AgentPace(thinkingMilliseconds: 60_000...60_000, slowToolMilliseconds: 0...0)
        } _: { backend in
            let job = try await backend.send(.POST, "/v1/jobs", ["prompt": "go"], as: "ada")
            #expect(job.status == 202)
            #expect(try await backend.send(.POST, "/v1/jobs", ["prompt": "go"], as: "ada").status == 429)
            let id = job.body["id"]?.string ?? ""
            #expect(try await backend.send(.DELETE, "/v1/jobs/\(id)", nil, as: "ada").status == 200)
            let next = try await backend.send(.POST, "/v1/jobs", ["prompt": "go"], as: "ada")
            #expect(next.status == 202)
            _ = try await backend.send(
                .DELETE, "/v1/jobs/\(next.body["id"]?.string ?? "")", nil, as: "ada")
        }
    }

    @Test func aContextPastItsDeadlineEndsWithWhatRunsInIt() async throws {
        try await RunningBackend.with {
            $0.contextLimit = .zero
            $0.pace = AgentPace(thinkingMilliseconds: 60_000...60_000, slowToolMilliseconds: 0...0)
        } _: { backend in
            let job = try await backend.send(.POST, "/v1/jobs", ["prompt": "go"], as: "ada")
            #expect(job.status == 202)
            #expect(
                await eventually {
                    await backend.server.backend.hub.endOverdue()
                    return backend.monitor.snapshot().sessions.allSatisfy { $0.state == .ended }
                })
            let id = job.body["id"]?.string ?? ""
            #expect(
                await eventually {
                    (try? await backend.get("/v1/jobs/\(id)", as: "ada"))?.body["state"] == "cancelled"
                })
            #expect(backend.monitor.snapshot().contexts.isEmpty)
        }
    }

    @Test func limitsAreShownBeforeAnybodyComes() async throws {
        try await RunningBackend.with { backend in
            let limits = backend.monitor.snapshot().limits
            #expect(limits["sessions"]?.used == 0)
            #expect(
                limits.keys.filter { $0.hasSuffix("of one user") }.count == UserLimits.Kind.allCases.count)
        }
    }
}
