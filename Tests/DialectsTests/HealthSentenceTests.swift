import Testing
import WireProtocol

@testable import Dialects

/// Texts about health, read as a person reads them.
@Suite struct HealthSentenceTests {
    static let texts: [(String, HealthStatus?)] = [
        ("OK", .pass), ("OK!", .pass), ("200 OK", .pass), ("not ok", .fail), ("NOT OK", .fail),
        ("Up!", .pass),
        ("I'm alive!", .pass), ("service is up and running", .pass), ("Ready.", .pass), ("pong", nil),
        ("all shards are ready", .pass), ("not all shards are ready", .fail), ("isn’t ready", .fail),
        ("no longer healthy", .fail), ("not yet fully ready", .fail), ("no healthy upstream", .fail),
        ("The service is not available", .fail), ("it is not responding", .fail), ("available", nil),
        ("12 passed, 0 failed", .pass), ("12 passed, 1 failed", .fail), ("12 passed 0 failed", .pass),
        ("passed 12 failed 0", .pass), ("passed 12 failed 2", .fail), ("3 checks failed", .fail),
        ("0 checks failed", nil), ("0 of 3 checks failed", nil), ("2 of 3 checks failed", .fail),
        ("3/3 ready", .pass), ("2/3 ready", .warn), ("0/3 ready", .fail), ("Ready: 3/3", .pass),
        ("errors: none", nil), ("errors: 0, status: ok", .pass), ("errors: 4", .fail), ("no errors", nil),
        ("healthy, errors=0", .pass), ("failures = 2", .fail), ("zero failures, all healthy", .pass),
        ("none failed", nil), ("nothing failed", nil), ("completed with 0 errors", nil),
        ("last failure: never", nil), ("last error: 3 days ago; all healthy", .pass),
        ("healthy: 3, unhealthy: 0", .pass), ("healthy: 2, unhealthy: 1", .fail), ("healthy: false", .fail),
        ("ready: no", .fail), ("failed: false", nil), ("error: connection refused", .fail),
        ("worker 0 failed", .fail), ("queue 0: failed", .fail), ("error rate 0.2, healthy", .pass),
        ("error count: 0", nil), ("error count: 7", .fail), ("1 warning", .warn), ("0 warnings", nil),
        ("OK - 0 failed", .pass), ("OK - 3 failed", .fail), ("WARNING: queue is long", .warn),
        ("CRITICAL - disk full", .fail), ("starting up", nil), ("warming up, please wait", nil),
        ("up 3 days", .pass), ("12:00:00 ok", .pass), ("WARN: inconsistent objects in schema", .warn),
        ("did not start: error", .fail), ("no problems and everything is healthy", .pass),
        ("db: ok\nqueue: failed\ncache: ok\n", .fail), ("", nil), ("7", nil), (":::", nil), ("0/0", nil),
        ("no errors, warnings or failures", nil), ("no warnings, errors, or failures were found", nil),
        ("No errors, failures nor warnings. All healthy", .pass), ("no errors, 3 warnings", .warn),
        ("no errors, warnings: 2", .warn), ("no errors, failures or not, it is down", .fail),
        ("no errors, failing", .fail), ("no errors, warnings and failed checks", .fail),
        ("backends: 0 up", .fail), ("workers: 0 healthy, 2 idle", .fail), ("replicas = 0 ready", .fail),
        ("backends: 3 up", .pass), ("shard: 0 healthy", .pass), ("status: 0 ok", .pass),
        ("backends: 0 down", nil), ("nodes: 0 failed, 3 up", .pass),
        ("out-of-service", .fail), ("Degraded (2 nodes)", .warn), ("partial outage", .warn),
    ]

    @Test(arguments: texts) func aSentenceIsReadAsAPersonReadsIt(_ text: String, _ expected: HealthStatus?) {
        #expect(HealthSentence.read(text, .standard)?.status == expected)
    }

    @Test func theLineThatDecidesIsNamed() {
        let lines = (0..<60).map { "part-\($0): ok" } + ["queue: failed", "tail: ok"]
        let text = lines.joined(separator: "\n")
        let record = HealthExample("", type: "text/plain", text, .fail).record
        #expect(record.status == .fail)
        #expect(record.reason == "HTTP 200 but the body says fail; queue: failed")
    }

    @Test func aLongTextIsReadInTheTimeOfOneLook() {
        let text = String(repeating: "part: ok, 0 failed; ", count: 40_000)
        #expect(HealthSentence.read(text, .standard)?.status == .pass)
    }

    @Test(
        arguments: [
            ("db_ok", true), ("is_executor_ready", true), ("isReady", true), ("ready", true), ("dbUp", true),
            ("sealed", false), ("backup", false), ("read_only", false), ("okay", false), ("ok_count", false),
            ("up2", false), ("", false),
        ])
    func aTruthValueCountsUnderTheWordsOfHealthAlone(_ name: String, _ isTruth: Bool) {
        #expect(HealthWords.isTruth(name) == isTruth)
    }
}
