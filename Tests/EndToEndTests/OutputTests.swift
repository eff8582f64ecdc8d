import Foundation
import Testing

/// What the commands print when their output cannot take it, and what they never print.
@Suite(.serialized) struct OutputTests {
    /// A file with one event, whose text has raw controls.
    private func file() throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).ndjson").path
        let line =
            "{\"type\":\"RUN_STARTED\",\"runId\":\"r\",\"threadId\":\"s\u{1B}]0;x\u{7}\u{0}\u{202E}\"}\n"
        try line.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func shell(_ line: String) async throws -> (status: Int32, output: String, error: String) {
        try await Programs.run("/bin/sh", ["-c", line])
    }

    @Test(
        arguments: [
            "snapshot FILE", "snapshot FILE --format plain", "snapshot FILE --format ndjson", "check FILE",
            "check FILE --format json", "check FILE --checklist", "explain hollow", "explain rules", "config",
            "doctor", "doctor --sdks", "manual", "watch FILE", "--help", "--version",
        ], ["> /dev/full", ">&-"])
    func whatCannotBeWrittenIsAnErrorInOneLine(_ command: String, _ output: String) async throws {
        let file = try file()
        defer { try? FileManager.default.removeItem(atPath: file) }
        let line = command.replacing("FILE", with: "'\(file)'")
        let result = try await shell("'\(Programs.console)' \(line) \(output)")
        #expect(result.status == 3, "\(result.error)")
        #expect(result.error.hasPrefix("ctxtop: cannot write to standard output: "), "\(result.error)")
        #expect(result.error.split(separator: "\n").count == 1, "\(result.error)")
    }

    @Test(
        arguments: [
            "snapshot FILE", "snapshot FILE --format plain", "snapshot FILE --format ndjson", "check FILE",
            "check FILE --format json", "check FILE --format nagios", "watch FILE",
            "watch FILE --kind changes",
            "explain \"$(printf '\\033]0;x\\007')\"", "check \"$(printf '\\033[2J')\"",
            "snapshot FILE --wait \"$(printf '\\033[2J')\"", "\"$(printf -- '--\\033[2J')\"",
        ])
    func noCommandPrintsWhatATerminalObeys(_ command: String) async throws {
        let file = try file()
        defer { try? FileManager.default.removeItem(atPath: file) }
        let result = try await shell("'\(Programs.console)' \(command.replacing("FILE", with: "'\(file)'"))")
        let printed = (result.output + result.error).unicodeScalars
        #expect(!printed.isEmpty)
        #expect(printed.allSatisfy { $0 == "\n" || $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) })
        #expect(!printed.contains("\u{202E}"))
    }

    @Test func aBackendThatNeverAnswersIsExit3() async throws {
        let result = try await shell(
            """
            python3 -c 'import socket, time
            s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(8); print(s.getsockname()[1], flush=True)
            time.sleep(120)' > "$0.port" & server=$!
            while [ ! -s "$0.port" ]; do sleep 0.1; done
            '\(Programs.console)' snapshot "http://127.0.0.1:$(cat "$0.port")" --timeout 1s; status=$?
            kill $server; rm "$0.port"; exit $status
            """.replacing(
                "$0", with: FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path))
        #expect(result.status == 3, "\(result.error)")
    }
}
