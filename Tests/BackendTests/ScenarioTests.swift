@testable import Backend
import ContextMonitor
import PatternDetection
@testable import SyntheticUsers
import Testing
import WireProtocol

@Suite struct ScenarioTests {
    @Test(arguments: ["migration", "leak", "crossed-users", "storm"])
    func aStoryEndsWithEverythingFixed(_ name: String) async throws {
        let scenario = try #require(Scenario.named(name))
        try await RunningBackend.with(scenario.prepare) { backend in
            try await scenario.play(backend.server.backend, ScenarioTiming(fixAfter: .zero))
            #expect(backend.server.backend.activeFaults.isEmpty)
            #expect(backend.monitor.snapshot().paths.allSatisfy { $0.judgement.verdict == .factory })
            for path in ConsumerPath.all { #expect(await backend.work(on: path, "go") == .completed) }
        }
    }

    @Test func aFlappingPathBreaksAndRecoversForEver() async throws {
        try await RunningBackend.with { backend in
            let playing = Task {
                try await Scenario.flap.play(backend.server.backend, ScenarioTiming(fixAfter: .zero))
            }
            for verdict in [Verdict.missingComponent("tool_dispatcher"), .factory] {
                #expect(
                    await eventually {
                        backend.monitor.snapshot().paths.first { $0.path == .websocket }?.detected == verdict
                    })
            }
            playing.cancel()
        }
    }
}
