import ContextMonitor
import NIOHTTP1
import PatternDetection
import Testing
import WireProtocol

@testable import Backend
@testable import SyntheticUsers

/// Messages that wait until their session has fewer runs under way.
@Suite(.timeLimit(.minutes(2))) struct QueueTests {
    private static let slow = AgentPace(thinkingMilliseconds: 60_000...60_000, slowToolMilliseconds: 0...0)

    private func started(_ backend: RunningBackend) -> [String] {
        backend.monitor.snapshot().runs.filter { $0.state == .open }.map(\.id.rawValue).sorted()
    }

    @Test func aMessageWaitsForItsTurnAndOneTooManyIsRefused() async throws {
        try await RunningBackend.with {
            $0.pace = Self.slow
            $0.userLimits.queued = 2
        } _: { backend in
            let hub = backend.server.backend.hub
            _ = try await hub.open("s", user: "ada", on: .websocket, request: nil, connection: nil)
            for number in 1...5 {
                _ = try await hub.start(
                    "go", run: .init(rawValue: "r\(number)"), in: "s", user: "ada", on: .websocket)
            }
            #expect(await eventually { started(backend) == ["r1", "r2", "r3"] })
            #expect(await hub.isQueued("r4", in: Owned("s", of: "ada")))
            #expect(try await backend.get("/v1/runs/r4", as: "ada").body["state"] == "queued")
            await #expect(throws: SessionError.userLimit(.queued, limit: 2)) {
                try await hub.start("go", run: "r6", in: "s", user: "ada", on: .websocket)
            }
            let limit = backend.monitor.snapshot().limits["queued messages of one user"]
            #expect(limit == LimitRecord(limit: 2, used: 2))
            // In the order in which they came, and one that is cancelled never holds up the next.
            #expect(try await backend.send(.DELETE, "/v1/runs/r4", nil, as: "ada").status == 202)
            #expect(await eventually { await !hub.isQueued("r4", in: Owned("s", of: "ada")) })
            #expect(try await backend.send(.DELETE, "/v1/runs/r2", nil, as: "ada").status == 202)
            #expect(await eventually { started(backend) == ["r1", "r3", "r5"] })
            #expect(await hub.usage.count(.queued, of: "ada") == 0)
        }
    }

    @Test func aSessionThatEndsGivesBackWhatWaitedInIt() async throws {
        try await RunningBackend.with {
            $0.pace = Self.slow
        } _: { backend in
            let hub = backend.server.backend.hub
            _ = try await hub.open("s", user: "ada", on: .websocket, request: nil, connection: nil)
            for _ in 1...6 { _ = try await hub.start("go", run: nil, in: "s", user: "ada", on: .websocket) }
            #expect(await hub.usage.count(.queued, of: "ada") == 3)
            await hub.end(Owned("s", of: "ada"), reason: "closed")
            #expect(await hub.usage.count(.queued, of: "ada") == 0)
            #expect(await hub.usage.count(.runs, of: "ada") == 0)
        }
    }
}
