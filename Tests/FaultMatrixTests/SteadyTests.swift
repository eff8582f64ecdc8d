import Backend
import ConsoleModel
import Foundation
import Testing

/// A backend that is well: whoever cries here would be switched off.
@Suite(.timeLimit(.minutes(60))) struct SteadyTests {
    /// How long each watch takes; `CTXTOP_STEADY_SECONDS=1800` is the acceptance run.
    private static let span = Duration.seconds(
        ProcessInfo.processInfo.environment["CTXTOP_STEADY_SECONDS"].flatMap { Int($0) } ?? 8)

    @Test func nothingIsFoundOnAHealthyBackendWithThreeSeeds() async throws {
        let outcomes = try await withThrowingTaskGroup(of: (UInt64, FaultWatch.Outcome).self) { group in
            for seed in [1, 2, 3] as [UInt64] {
                var watch = FaultWatch(users: 12, rate: 20, seed: seed, pace: .human)
                watch.limits = []
                let healthy = watch
                group.addTask { (seed, try await healthy.run { $0.events > 0 && $1 >= Self.span }) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for (seed, outcome) in outcomes {
            print(
                "steady seed \(seed): \(outcome.events) events, \(outcome.sightings), "
                    + "the watcher late by at most \(outcome.lateness)")
            // A machine that stands still for half of what a health check may take is found, and rightly:
            // a check is served by several tasks, each of which waits for its turn.
            let stoodStill = outcome.lateness > .seconds(1)
            #expect(
                outcome.sightings.keys.filter { !stoodStill || $0 != "health-slow" }.isEmpty, "seed \(seed)")
        }
    }
}
