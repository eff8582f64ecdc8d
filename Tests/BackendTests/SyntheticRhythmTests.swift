@testable import Backend
import AsyncHTTPClient
import ContextMonitor
import NIOCore
import NIOHTTP1
import PatternDetection
@testable import SyntheticUsers
import Testing
import WireProtocol

@Suite struct SyntheticRhythmTests {
    @Test(arguments: [(0.0, 10.0), (4, 6), (10, 0), (25, 0)])
    func theIntervalIsFromStartToStart(_ took: Double, _ pause: Double) {
        var rhythm = SyntheticRhythm(rate: 6)
        #expect(rhythm.pause(after: .completed, took: took, jitter: 1) == pause)
    }

    @Test(arguments: [WorkOutcome.failed("broken"), .unreachable("gone")])
    func failuresMakeItEverSlowerUpToThirtySeconds(_ outcome: WorkOutcome) {
        var rhythm = SyntheticRhythm(rate: 60)
        let pauses = (0..<8).map { _ in rhythm.pause(after: outcome, took: 0, jitter: 1) }
        #expect(pauses == [1, 2, 4, 8, 16, 30, 30, 30])
        #expect(rhythm.pause(after: .completed, took: 0, jitter: 1) == 1)
        #expect(rhythm.pause(after: outcome, took: 0, jitter: 1) == 1)
    }

    @Test(arguments: [0.8, 1, 1.2])
    func afterAFailureItIsNeverFasterThanTheInterval(_ jitter: Double) {
        for rate in [1.0, 6, 60, 6000] {
            var rhythm = SyntheticRhythm(rate: rate)
            for took in [0, 5, 100.0] {
                #expect(rhythm.pause(after: .failed("x"), took: took, jitter: jitter) >= rhythm.interval)
            }
        }
    }

    @Test func aJobIsNotWaitedForWithoutEnd() async throws {
        try await RunningBackend.with {
            $0.pace = AgentPace(thinkingMilliseconds: 60_000...60_000, slowToolMilliseconds: 0...0)
            $0.drainLimit = .zero
        } _: { backend in
            var user = JobUser(
                visitor: Visitor(name: "ada"), base: backend.base, client: .shared, patience: .zero)
            guard case .failed(let words) = await user.work("go") else {
                Issue.record("the job did not fail")
                return
            }
            #expect(words.hasSuffix("has not ended after 0 s"))
        }
    }

    @Test func aCancelledJobSaysSoAtOnce() async throws {
        try await RunningBackend.with {
            $0.pace = AgentPace(thinkingMilliseconds: 60_000...60_000, slowToolMilliseconds: 0...0)
        } _: { backend in
            let job = try await backend.send(.POST, "/v1/jobs", ["prompt": "go"], as: "ada").body
            let path = "/v1/jobs/\(job["id"]?.string ?? "")"
            #expect(try await backend.get(path, as: "ada").body["state"]?.string == "running")
            #expect(try await backend.send(.DELETE, path, nil, as: "bob").status == 404)
            let answer = try await backend.send(.DELETE, path, nil, as: "ada")
            #expect(answer.status == 200)
            #expect(answer.body["state"]?.string == "cancelled")
            #expect(backend.monitor.snapshot().sessions.map(\.state) == [.ended])
        }
    }
}
