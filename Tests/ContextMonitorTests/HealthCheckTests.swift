import Dispatch
import PatternDetection
import Synchronization
import Testing
import WireProtocol

@testable import ContextMonitor

/// Checks that the monitor runs: off the path of requests, with a timeout and an age.
@Suite(.timeLimit(.minutes(5))) struct HealthCheckTests {
    private let clock = Clock()

    private final class Clock: Sendable {
        private let moment = Mutex(Timestamp(milliseconds: 1_000_000))
        var now: Timestamp { moment.withLock { $0 } }
        func pass(_ duration: Duration) { moment.withLock { $0 = $0 + duration } }
    }

    private func monitor() -> ContextMonitor {
        let clock = clock
        return ContextMonitor(
            MonitorConfiguration(name: "t", version: "1", instance: "i", bootID: "b"), now: { clock.now })
    }

    private func check(_ monitor: ContextMonitor, _ name: String) -> CheckRecord? {
        monitor.health().checks.first { $0.name == name }
    }

    private func until(_ condition: () -> Bool) async {
        while !condition() { await Task.yield() }
    }

    @Test func aCheckThatBlocksItsThreadFailsAfterItsTimeoutAndHoldsUpNobody() async throws {
        let monitor = monitor()
        let gate = DispatchSemaphore(value: 0)
        var hanging = HealthCheck("database") {
            gate.wait()
            return CheckRecord(name: "database", status: .pass)
        }
        hanging.timeout = .seconds(5)
        let watching = Task { [hanging] in await monitor.watch([hanging]) }
        await until { check(monitor, "database") != nil }
        #expect(check(monitor, "database")?.status == .unknown)
        #expect(monitor.health().status == .pass)
        await until { monitor.state.withLock { $0.watchedChecks["database"]?.runningSince != nil } }
        clock.pass(.seconds(5))
        #expect(check(monitor, "database")?.status == .unknown)
        clock.pass(.seconds(1))
        #expect(check(monitor, "database")?.output == "no answer for 6 s")
        #expect(monitor.health().status == .fail)
        gate.signal()
        await until { check(monitor, "database")?.status == .pass }
        clock.pass(.seconds(3))
        #expect(check(monitor, "database")?.observedValue == "3 s ago")
        watching.cancel()
        await watching.value
    }

    @Test func aCancelledWatchDoesNotWaitForWhatHangs() async throws {
        let monitor = monitor()
        let gate = DispatchSemaphore(value: 0)
        let watching = Task {
            await monitor.watch([
                HealthCheck("never") {
                    gate.wait()
                    return CheckRecord(name: "never", status: .pass)
                }
            ])
        }
        await until { monitor.state.withLock { $0.watchedChecks["never"]?.runningSince != nil } }
        watching.cancel()
        await watching.value
        gate.signal()
    }

    @Test(arguments: [(60, HealthStatus.pass), (61, .fail)])
    func aResultThatIsNotRenewedFails(_ seconds: Int, _ status: HealthStatus) {
        let monitor = monitor()
        monitor.setCheck(CheckRecord(name: "queue", status: .pass), validFor: .seconds(60))
        clock.pass(.seconds(seconds))
        #expect(check(monitor, "queue")?.status == status)
        #expect(monitor.health().status == status)
    }

    @Test func aTrailKeepsHowItBeganAndWhatHappenedLast() {
        var trail = AuditTrail()
        for number in 0..<300 {
            trail.append(AuditTrail.Row(at: clock.now, who: "ada", what: String(number)))
        }
        #expect(trail.rows.count == AuditTrail.limit)
        #expect(trail.rows.first?.what == "0" && trail.rows[19].what == "19")
        #expect(trail.rows[20].what == "120" && trail.rows.last?.what == "299")
        #expect(trail.omitted == 100)
    }
}
