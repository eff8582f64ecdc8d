import Foundation
import Testing

/// `ctxtop watch` and `--plain`: consoles without a screen.
@Suite(.serialized) struct WatchTests {
    /// A watch in a shell that ends it with a signal once the file holds the words.
    private func watch(_ arguments: String, until words: String, then signal: String = "INT") async throws
        -> (status: Int32, lines: [[String: Any]], error: String)
    {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).ndjson").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        // Started by exec, since a shell makes its background jobs ignore SIGINT.
        let script = """
            import signal, subprocess, sys, time
            output = open(sys.argv[1], "wb")
            process = subprocess.Popen(sys.argv[3:], stdout=output, stdin=subprocess.DEVNULL)
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline and process.poll() is None:
                if sys.argv[2].encode() in open(sys.argv[1], "rb").read():
                    process.send_signal(signal.SIG\(signal))
                    break
                time.sleep(0.05)
            sys.exit(process.wait(timeout=30))
            """
        let result = try await Programs.run(
            "/usr/bin/env",
            ["python3", "-c", script, file, words, Programs.console, "watch"]
                + arguments.split(separator: " ").map(String.init))
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let lines = try text.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        return (result.status, lines, result.error)
    }

    @Test(arguments: ["INT", "TERM"]) func eventsComeAsLinesUntilASignalWhichIsNoFailure(_ signal: String)
        async throws
    {
        let backend = try await BackendProcess(["--traffic", "3:120"])
        let result = try await watch(
            "\(backend.url) --filter event:agent", until: "RUN_STARTED", then: signal)
        #expect(result.status == 0, "\(result.error)")
        let types = Set(result.lines.compactMap { $0["type"] as? String })
        #expect(types.contains("RUN_STARTED"))
        #expect(!types.contains("TOOL_CALL_START"))
    }

    @Test func aFindingIsRaised() async throws {
        let backend = try await BackendProcess(["--traffic", "3:120", "--pattern", "websocket=hollow"])
        let result = try await watch(
            "\(backend.url) --kind findings --filter rule:pattern-hollow", until: "pattern-hollow")
        #expect(result.status == 0)
        #expect(result.lines.first?["change"] as? String == "raised")
        #expect(result.lines.first?["subject"] as? String == "path:websocket")
        #expect(result.lines.count == 1)
    }

    @Test func changesNameWhatChanged() async throws {
        let backend = try await BackendProcess(["--traffic", "3:120"])
        let result = try await watch("\(backend.url) --kind changes", until: "\"session\"")
        #expect(result.status == 0)
        let whats = Set(result.lines.compactMap { $0["what"] as? String })
        #expect(whats.isSuperset(of: ["link", "health", "verdict", "session"]))
    }

    @Test func whoStopsReadingIsNoFailure() async throws {
        let backend = try await BackendProcess(["--traffic", "6:120"])
        let line = "'\(Programs.console)' watch \(backend.url) | head -n 1; echo ${PIPESTATUS[0]}"
        let result = try await Programs.run("/bin/bash", ["-c", line])
        #expect(result.output.hasSuffix("\n0\n"), "\(result.output)\(result.error)")
        #expect(result.error.isEmpty)
    }

    @Test func aFileIsWatchedToItsEnd() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).ndjson").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        let line = #"{"type":"RUN_STARTED","timestamp":1800000000000,"metadata":{"user":"ada","run":"r"}}"#
        try Data((line + "\n").utf8).write(to: URL(filePath: file))
        let result = try await Programs.run(Programs.console, ["watch", file])
        #expect(result.status == 0)
        #expect(result.output == line + "\n")
    }

    @Test func aBadFilterIsOneClearLineWithItsPlace() async throws {
        let result = try await Programs.run(
            Programs.console, ["watch", "http://127.0.0.1:1", "--filter", "ada nonsense:x"])
        #expect(result.status == 64)
        #expect(result.error.contains("no column nonsense"))
        #expect(result.error.contains("at character 5"))
    }

    @Test func plainOnATerminalSpeaksInLinesAndMovesNothing() async throws {
        let backend = try await BackendProcess(["--traffic", "3:120", "--pattern", "websocket=hollow"])
        let terminal = PseudoTerminal(Programs.console, [backend.url, "--plain"])
        #expect(try await terminal.waits(for: "critical: pattern-hollow, path websocket"))
        #expect(terminal.text.contains("path http is factory, ok"))
        #expect(terminal.modes == terminal.modesBefore)
        backend.kill()
        #expect(try await terminal.waits(for: "link lost"))
        terminal.type("q\n")
        #expect(try await terminal.end() == 0)
        #expect(!terminal.text.contains("\u{1B}"))
        let lines = terminal.text.split(separator: "\r\n").map(String.init)
        #expect(zip(lines, lines.dropFirst()).allSatisfy { $0 != $1 })
    }

    @Test func controlCEndsPlainWithoutAFailure() async throws {
        let terminal = PseudoTerminal(Programs.console, ["http://127.0.0.1:1", "--plain"])
        #expect(try await terminal.waits(for: "link lost"))
        terminal.type("\u{3}")
        #expect(try await terminal.end() == 0)
    }
}
