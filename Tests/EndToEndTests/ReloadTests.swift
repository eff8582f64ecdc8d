import Foundation
import Testing

/// The configuration is followed while the console runs.
@Suite(.serialized) struct ReloadTests {
    private func withConfiguration(_ text: String, _ body: (String) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).toml").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        try await body(file)
    }

    @Test func aChangedKeyHoldsAtOnceAndABadFileChangesNothing() async throws {
        try await withConfiguration("") { file in
            let terminal = PseudoTerminal(
                Programs.console, ["http://127.0.0.1:1", "--config", file], rows: 24, columns: 120)
            #expect(try await terminal.waits(for: "connection refused"))
            try "[keys]\nfindings = [\"U\"]\n".write(toFile: file, atomically: true, encoding: .utf8)
            #expect(try await terminal.waits(for: "configuration read again"))
            terminal.type("U")
            #expect(try await terminal.waits(for: "RULE"))
            terminal.forget()
            try "[keys]\nfindings = 7\n".write(toFile: file, atomically: true, encoding: .utf8)
            #expect(try await terminal.waits(for: "old settings stay"))
            // ctrl-l has the whole frame drawn, not only what differs from the one before.
            terminal.type("2\u{C}")
            #expect(try await terminal.waits(for: "Sessions"))
            terminal.forget()
            terminal.type("U\u{C}")
            #expect(try await terminal.waits(for: "Findings"))
            terminal.type("\u{3}")
            #expect(try await terminal.end() == 0)
        }
    }

    @Test func aNewCriticalFindingRunsTheCommandAndRings() async throws {
        let output = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: output) }
        let text = """
            [interface]
            bell = true
            [commands]
            on-critical = "cat >>'\(output)'"
            """
        try await withConfiguration(text) { file in
            let backend = try await BackendProcess(["--traffic", "3:120"])
            let log = output + ".log"
            defer { try? FileManager.default.removeItem(atPath: log) }
            let terminal = PseudoTerminal(
                Programs.console, [backend.url, "--config", file, "--log-file", log])
            // What holds when a backend is first looked at is no news.
            #expect(
                try await terminal.waits {
                    (try? String(contentsOfFile: log, encoding: .utf8))?.contains(
                        "raise the alarm from now on")
                        == true
                })
            terminal.forget()
            let turn =
                "curl -sS -f -X POST -H 'content-type: application/json' -d '{\"fault\":\"nil-dispatcher\",\"on\":true}' \(backend.url)/monitor/v1/faults"
            #expect(try await Programs.run("/bin/sh", ["-c", turn]).status == 0)
            #expect(
                try await terminal.waits {
                    (try? String(contentsOfFile: output, encoding: .utf8))?.contains(
                        "pattern-missingComponent") == true
                })
            #expect(try await terminal.waits(for: "\u{7}"))
            terminal.type("\u{3}")
            #expect(try await terminal.end() == 0)
        }
    }
}
