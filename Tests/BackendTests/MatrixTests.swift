@testable import Backend
@testable import ContextMonitor
import PatternDetection
@testable import SyntheticUsers
import Testing
import WireProtocol

/// The seed's layer 4: every consumer path on every pattern, through real sockets.
@Suite struct MatrixTests {
    /// What one path did on one pattern, while the other paths were on the factory.
    private struct Cell {
        let path: ConsumerPath
        let pattern: StartupPattern
        var verdict = ""
        var creation = ""
        var words: [String] = []
        var outcome = ""
        var health = ""
        var exit = 0

        var line: String {
            func padded(_ text: String, _ width: Int) -> String {
                text + String(repeating: " ", count: max(0, width - text.count))
            }
            let head =
                padded(path.rawValue, 11) + padded(pattern.rawValue, 13) + "exit \(exit)  health "
                + padded(health, 26) + verdict
            return head + "\n    creation: \(creation)\n    words:    "
                + (words.isEmpty ? "none" : words.joined(separator: " ")) + "\n    outcome:  \(outcome)\n"
        }
    }

    @Test func everyPathBehavesAsItsPatternSays() async throws {
        var table = ""
        for path in ConsumerPath.all {
            for pattern in StartupPattern.allCases { table += try await cell(path, pattern).line }
        }
        try expectGolden(table, "matrix")
    }

    private func cell(_ path: ConsumerPath, _ pattern: StartupPattern) async throws -> Cell {
        try await RunningBackend.with {
            $0.patterns[path] = pattern
        } _: { backend in
            var cell = Cell(path: path, pattern: pattern)
            let prompt = try #require(PromptsWithoutClock.three(backend).first)
            switch await backend.work(on: path, prompt) {
            case .completed: cell.outcome = "completed"
            case .failed(let words): cell.outcome = "failed: " + words
            case .unreachable(let words): cell.outcome = "unreachable: " + words
            }
            for event in backend.monitor.recordedEvents().events {
                guard let word = event.type.operatorWord?.rawValue, word != cell.words.last else { continue }
                cell.words.append(word)
            }
            let snapshot = try await backend.get("/monitor/v1/snapshot").body
            let row = try #require(snapshot["paths"]?.array?.first { $0["path"]?.string == path.rawValue })
            cell.verdict = row["detected"]?.string ?? ""
            let creation = row["lastOutcome"]?["status"]?.string ?? ""
            cell.creation = creation + (row["lastOutcome"]?["error"]?.string.map { ": " + $0 } ?? "")
            let (status, body) = try await backend.get("/health")
            let health = body["status"]?.string ?? ""
            let check = body["checks"]?["pattern:\(path)"]?.array?.first?["status"]?.string ?? ""
            cell.health = "\(status) \(health), path \(check)"
            cell.exit = max(
                Self.exit(Verdict(cell.verdict)?.severity), Self.exit(ofOutcome: creation),
                Self.exit(ofHealth: health))
            return cell
        }
    }

    /// What `ctxtop check` exits with (DESIGN.md): 0 ok, 1 warning, 2 critical.
    private static func exit(_ severity: Severity?) -> Int {
        switch severity {
        case .ok, .notice: 0
        case .warning: 1
        case .critical: 2
        case .unknown, nil: 3
        }
    }

    private static func exit(ofOutcome status: String) -> Int {
        status == "error" ? 2 : status == "fallback" ? 1 : 0
    }

    private static func exit(ofHealth status: String) -> Int {
        status == "fail" ? 2 : status == "warn" ? 1 : 0
    }
}
