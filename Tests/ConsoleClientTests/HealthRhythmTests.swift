import Dialects
import Testing
import WireProtocol

@testable import ConsoleClient

/// How often a health endpoint is asked: slow and dear ones less often.
@Suite struct HealthRhythmTests {
    private func round(latencyMs: Double?) -> BackendReader.HealthRound {
        var record = HealthRecord(.pass)
        record.latencyMs = latencyMs
        var round = BackendReader.HealthRound()
        round.messages = [.health(record, body: [])]
        return round
    }

    @Test(
        arguments: [
            (nil, 2000), (0, 2000), (200, 2000), (201, 2010), (1366, 13_660), (6000, 60_000), (6001, 60_000),
            (1e300, 60_000), (.infinity, 60_000),
        ] as [(Double?, Int)]) func aSlowEndpointIsLeftAloneTenTimesAsLong(_ latency: Double?, _ pause: Int)
    {
        #expect(ClientOptions().pause(after: round(latencyMs: latency)) == .milliseconds(pause))
    }

    @Test func aDialectMaySayHowLong() {
        var round = round(latencyMs: 1)
        round.pause = Dialect.liteLLM.healthPause
        #expect(ClientOptions().pause(after: round) == .seconds(60))
    }

    @Test func anAddressWithoutAnAnswerIsAskedLessAndLessOften() {
        var pauses: [Duration] = []
        var pause = Duration.seconds(2)
        for _ in 0..<7 {
            pause = DialectLink.pause(after: pause, of: .seconds(2), isAnswered: false)
            pauses.append(pause)
        }
        #expect(pauses == [4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
        #expect(DialectLink.pause(after: pause, of: .seconds(2), isAnswered: true) == .seconds(2))
        #expect(DialectLink.pause(after: .seconds(90), of: .seconds(90), isAnswered: false) == .seconds(90))
    }
}
