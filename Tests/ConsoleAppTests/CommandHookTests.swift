import ConsoleModel
import Foundation
import PatternDetection
import Testing
import WireProtocol

@testable import ConsoleApp

@Suite struct CommandHookTests {
    private let finding = FindingRecord(
        rule: "pattern-hollow", severity: .critical, backend: "prod; touch /tmp/never", subject: "path:http",
        summary: "it's $(hollow) `now`\u{1B}[2J", evidence: [], advice: "", since: nil)

    /// Runs a command for the finding and gives what it wrote into `$OUT` and what went wrong.
    private func run(_ command: String, limit: Duration = .seconds(10)) async throws -> (
        output: String, problem: String?
    ) {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: file) }
        let hook = CommandHook("OUT='\(file)'; " + command, limit: limit)
        let (problems, complain) = AsyncStream<String>.makeStream()
        hook.run(finding) { complain.yield($0) }
        // A command that ends well complains of nothing: then its output is what is waited for.
        let deadline = Task {
            while !FileManager.default.fileExists(atPath: file + ".done") {
                try await Task.sleep(for: .milliseconds(20))
            }
            complain.finish()
        }
        defer { deadline.cancel() }
        var problem: String?
        for await text in problems {
            problem = text
            break
        }
        try? FileManager.default.removeItem(atPath: file + ".done")
        return ((try? String(contentsOfFile: file, encoding: .utf8)) ?? "", problem)
    }

    @Test func theFindingComesOnStandardInputAsJSON() async throws {
        let result = try await run(#"cat >"$OUT"; touch "$OUT.done""#)
        #expect(result.problem == nil)
        let json = try JSONParser.parse(Array(result.output.trimmingCharacters(in: .newlines).utf8))
        #expect(json == finding.json)
    }

    @Test func theEnvironmentNamesItAndNoShellObeysIt() async throws {
        let result = try await run(
            #"printf '%s|%s|%s' "$CTXTOP_RULE" "$CTXTOP_BACKEND" "$CTXTOP_SUMMARY" >"$OUT"; touch "$OUT.done""#
        )
        #expect(
            result.output == "pattern-hollow|prod; touch /tmp/never|it's $(hollow) `now`\u{FFFD}[2J")
    }

    @Test func aFailureIsTold() async throws {
        #expect(try await run("exit 3").problem == "on-critical ended with 3")
    }

    @Test func whatTakesTooLongIsEndedWithAllThatItStarted() async throws {
        let result = try await run(#"sleep 1000 & echo $! >"$OUT"; wait"#, limit: .seconds(1))
        #expect(result.problem == "on-critical took longer than 1 s and was ended")
        let child = try #require(pid_t(result.output.trimmingCharacters(in: .newlines)))
        // Gone, or waiting to be collected by whoever adopts orphans.
        func isOver() -> Bool {
            let status = (try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)) ?? ""
            return kill(child, 0) != 0 || status.contains(") Z ")
        }
        let deadline = ContinuousClock.now + .seconds(30)
        while !isOver(), .now < deadline { try await Task.sleep(for: .milliseconds(20)) }
        #expect(isOver())
    }

    @Test func tooManyAtOnceAreLeftOutAndTold() async throws {
        let hook = CommandHook("sleep 1000", limit: .seconds(1000))
        let (problems, complain) = AsyncStream<String>.makeStream()
        for _ in 0...CommandHook.maximumRunning { hook.run(finding) { complain.yield($0) } }
        var first: String?
        for await problem in problems {
            first = problem
            break
        }
        #expect(first?.contains("was left out for pattern-hollow:path:http") == true)
        hook.stop()
    }

    @Test func whatHoldsAtFirstIsNoAlarmAndWhatBeginsThenIs() {
        var (store, alarm) = (Store(ConsoleState(now: Timestamp(milliseconds: 0))), CriticalAlarm())
        let key = BackendKey(0)
        func path(_ path: ConsumerPath, classes: String) -> PathRecord {
            var record = PathRecord(path: path)
            record.evidence = [
                EvidenceRecord(Evidence(.toolClasses, classes, source: "app.state"), at: nil),
                EvidenceRecord(Evidence(.toolDispatcher, "nil", source: "app.state"), at: nil),
            ]
            record.detected = record.judgement.verdict
            return record
        }
        func receive(_ paths: [PathRecord]) {
            var snapshot = BackendSnapshot(name: "prod")
            snapshot.paths = paths
            _ = store.send(.received(key, .snapshot(snapshot), at: store.state.now + .seconds(1)))
        }
        _ = store.send(.addBackend(key, url: "http://h"))
        receive([path(.http, classes: "absent"), path(.background, classes: "4")])
        #expect(store.state.findings.contains { $0.severity == .critical })
        #expect(alarm.raised(in: store.state).isEmpty)
        receive([path(.http, classes: "absent"), path(.background, classes: "absent")])
        let raised = alarm.raised(in: store.state)
        #expect(!raised.isEmpty)
        #expect(raised.allSatisfy { $0.finding.subject == .path(.background) })
        #expect(alarm.raised(in: store.state).isEmpty)
    }
}
