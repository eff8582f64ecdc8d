import Foundation
import Testing
import WireProtocol

@testable import ConsoleApp

@Suite struct LogFileTests {
    private func log(_ body: (LogFile) -> Void) throws -> [String] {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).log").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        body(try #require(LogFile(path)))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    @Test func aLineHasATimeALevelAndNoSecretWhateverTheScreenShows() throws {
        let lines = try log { log in
            log.note(.link(.lost, reason: "token=abc123 \u{1B}[2J", retryIn: .seconds(2)), of: "http://h")
        }
        #expect(lines.count == 1)
        let parts = lines[0].split(separator: " ", maxSplits: 2)
        #expect(Timestamp(rfc3339: String(parts[0])) != nil)
        #expect(parts[1] == "error")
        #expect(
            parts[2] == "http://h: link lost: token=[redacted] \u{FFFD}[2J; tries again in 2000 ms")
    }

    @Test func aLineThatRepeatsIsCounted() throws {
        let lines = try log { log in
            for _ in 0..<5 { log.write(.info, "again") }
            log.write(.warning, "other")
        }
        #expect(lines.count == 3)
        #expect(lines[1].hasSuffix("info the line before came 4 more times"))
    }

    @Test func aFileThatCannotBeWrittenIsNone() { #expect(LogFile("/dev/null/log") == nil) }
}
