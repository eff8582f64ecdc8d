import ConsoleApp
import ConsoleModel
import Foundation
import PatternDetection
import Testing
import WireProtocol

/// The migration checklist for pipelines: what it prints, and how it exits.
@Suite struct ChecklistReportTests {
    private let now = Timestamp(milliseconds: 1_800_000_000_000)

    /// A backend whose paths are on a pattern, with or without the evidence of every other item.
    private func state(
        _ patterns: [(ConsumerPath, isFactory: Bool)], isProbed: Bool, fallbacks: Int = 1
    ) throws -> ConsoleState {
        var store = Store(ConsoleState(now: now))
        let key = BackendKey(0)
        _ = store.send(.addBackend(key, url: "http://localhost:8700"))
        var snapshot = BackendSnapshot(name: "prod")
        snapshot.paths = patterns.map { path, isFactory in
            var record = PathRecord(path: path)
            let rows: [(EvidenceField, String)] =
                isFactory
                ? [(.toolClasses, "4"), (.toolDispatcher, "nil")]
                : [(.toolClasses, "absent"), (.toolDispatcher, "present")]
            record.evidence = rows.map { EvidenceRecord(Evidence($0.0, $0.1, source: "app"), at: nil) }
            (record.created, record.fallbacks) = (100, fallbacks)
            return record
        }
        var health = HealthRecord(.pass)
        health.checks = patterns.map { path, _ in
            var check = CheckRecord(name: "pattern:\(path)", status: .pass)
            check.output = "tool_classes and tool_dispatcher"
            return check
        }
        _ = store.send(.received(key, .snapshot(snapshot), at: now))
        _ = store.send(.received(key, .health(health, body: []), at: now))
        if isProbed {
            let runs = patterns.map { JSONValue.object(["path": .string($0.0.rawValue), "passed": true]) }
            let json: JSONValue = ["schema": "ctxtop.probe/1", "url": "u", "runs": .array(runs)]
            _ = store.send(.probed(key, try #require(ProbeResult(json: json))))
        }
        return store.state
    }

    @Test(
        arguments: [
            ([true, true, true], true, 1, 0), ([true, true, true], false, 1, 3),
            ([true, true, true], true, 0, 3), ([true, false, false], true, 1, 1),
            ([true, false, false], false, 0, 1),
        ] as [([Bool], Bool, Int, Int)])
    func theExitCodeIsThatOfTheWorstItem(areFactory: [Bool], isProbed: Bool, fallbacks: Int, exit: Int) throws
    {
        let paths: [ConsumerPath] = [.http, .websocket, .background]
        let state = try state(
            Array(zip(paths, areFactory)).map { ($0, isFactory: $1) }, isProbed: isProbed,
            fallbacks: fallbacks)
        let report = ChecklistReport(state)
        #expect(report.exit == exit, "\(report.text(.plain))")
        #expect(report.text(.json).contains("\"exit\": \(exit)"))
        #expect(report.text(.plain).contains("OPEN") == (exit == 1))
    }

    @Test func aBackendWithoutPathsHasNoChecklist() {
        var store = Store(ConsoleState(now: now))
        _ = store.send(.addBackend(BackendKey(0), url: "http://localhost:8700"))
        #expect(ChecklistReport(store.state).exit == 3)
        #expect(ChecklistReport(ConsoleState(now: now)).exit == 3)
    }

    @Test(arguments: [(nil, "cannot read "), ("{}", "is not a probe's result"), ("no", "is not a probe's")])
    func aFileThatIsNoReportIsRefusedWithItsName(text: String?, words: String) throws {
        let path = NSTemporaryDirectory() + "probe-\(UUID().uuidString).json"
        if let text { try Data(text.utf8).write(to: URL(filePath: path)) }
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect {
            try ProbeResult(file: path)
        } throws: { error in
            "\(error)".contains(words) && "\(error)".contains(path)
        }
    }
}
