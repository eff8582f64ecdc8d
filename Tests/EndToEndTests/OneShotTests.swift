import Foundation
import Testing

/// The commands that print once and exit.
@Suite(.serialized) struct OneShotTests {
    private func check(_ arguments: [String]) async throws -> (status: Int32, output: String, error: String) {
        try await Programs.run(Programs.console, ["check"] + arguments)
    }

    @Test(
        arguments: [("factory", 0), ("singleton", 1), ("mixed", 1), ("hollow", 2), ("unconfigured", 2)]
            as [(String, Int32)])
    func checkExitsAsThePatternDeserves(_ pattern: String, _ exit: Int32) async throws {
        let backend = try await BackendProcess(["--pattern", "websocket=\(pattern)"])
        let result = try await check([backend.url])
        #expect(result.status == exit, "\(result.output)")
        if exit > 0 { #expect(result.output.contains("path:websocket")) }
        let json = try await check([backend.url, "--format", "json"])
        #expect(json.output.contains("\"exit\": \(exit)"))
    }

    @Test func aRuleCanBeSilencedAndAThresholdRaised() async throws {
        let backend = try await BackendProcess([
            "--pattern", "singleton", "--expect", "http=singleton", "--expect", "websocket=singleton",
            "--expect", "background=singleton",
        ])
        #expect(try await check([backend.url]).status == 1)
        let silent = try await check([backend.url, "--rule", "pattern-singleton=off"])
        #expect(silent.output.contains("pattern-singleton") == false)
        #expect(try await check([backend.url, "--rule", "pattern-singleton=critical"]).status == 2)
    }

    @Test(
        arguments: [
            (["http://127.0.0.1:1"], 3, "connection refused"), (["ftp://x"], 64, "is not supported"),
            (["nowhere"], 64, "neither a URL nor a file"), (["http://127.0.0.1:99999"], 64, "is no port"),
            (["--fail-on", "never", "http://x"], 64, "none of notice"),
            (["--nonsense", "http://x"], 64, "nonsense"),
        ] as [([String], Int32, String)])
    func aWrongTargetIsOneClearLine(_ arguments: [String], _ exit: Int32, _ words: String) async throws {
        let result = try await check(arguments)
        #expect(result.status == exit)
        #expect((result.output + result.error).contains(words), "\(result.output)\(result.error)")
    }

    /// Whether there is a judge for JSON Schema.
    private static let hasJudge: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", "import jsonschema"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    @Test(.enabled(if: hasJudge, "python3 with the package jsonschema judges the schema"))
    func theSnapshotFollowsItsSchema() async throws {
        let backend = try await BackendProcess(["--traffic", "6:120", "--pattern", "websocket=unconfigured"])
        let schema = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../Assets/schema"
        ).path
        let judge =
            "import json,sys,jsonschema; jsonschema.Draft202012Validator(json.load(open(sys.argv[1]))).validate(json.load(sys.stdin))"
        for (command, file) in [
            ("snapshot --format json --wait 2s", "snapshot"), ("check --format json", "check"),
        ] {
            let line =
                "'\(Programs.console)' \(command) \(backend.url) | python3 -c '\(judge)' '\(schema)/ctxtop.\(file)-1.schema.json'"
            let result = try await Programs.run("/bin/sh", ["-c", line])
            #expect(result.status == 0, "\(result.error)")
        }
    }

    @Test func aFileIsReadToItsEnd() async throws {
        let backend = try await BackendProcess(["--traffic", "3:120"])
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).ndjson").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        let line =
            "sleep 2; curl -sN -m 2 '\(backend.url)/monitor/v1/events?after=' | sed -n 's/^data: //p' > '\(file)'; test -s '\(file)'"
        #expect(try await Programs.run("/bin/sh", ["-c", line]).status == 0)
        let result = try await Programs.run(Programs.console, ["snapshot", file])
        #expect(result.status == 0)
        #expect(result.output.contains("\"link\": \"ended\""))
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").count
        #expect(result.output.contains("\"eventsReceived\": \(lines)"))
    }

    @Test(arguments: [("no\n{\"a\":\n", "none of 2 lines is an event: "), ("", "the file holds no event")])
    func aSnapshotOfAFileWithoutAnEventIsUnknown(text: String, words: String) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).ndjson").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try Data(text.utf8).write(to: URL(filePath: file))
        let result = try await Programs.run(Programs.console, ["snapshot", file])
        #expect(result.status == 3)
        #expect(result.output.contains("\"link\": \"ended\""))
        #expect(result.error.contains(words) && result.error.contains(file), "\(result.error)")
    }

    /// The path of a file of events long ago: ada's run is silent for so many seconds, then bob's begins.
    private func recording(silence: Int) throws -> String {
        let events = [("ada", 0), ("bob", silence)].map { user, seconds in
            """
            {"type":"RUN_STARTED","timestamp":\(1_790_000_000_000 + seconds * 1000),"runId":"r-\(user)",\
            "metadata":{"user":"\(user)","session":"s-\(user)","run":"r-\(user)","sequence":0}}

            """
        }
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).ndjson").path
        try Data(events.joined().utf8).write(to: URL(filePath: file))
        return file
    }

    @Test(arguments: [(30, 0, "● running 30s"), (31, 2, "! stuck 30s")])
    func theConsoleJudgesAFileAsCheckDoes(silence: Int, exit: Int32, state: String) async throws {
        let file = try recording(silence: silence)
        defer { try? FileManager.default.removeItem(atPath: file) }
        #expect(try await check([file]).status == exit)
        let screen = try await TmuxScreen([Programs.console, file, "--open", "sessions"])
        let shown = try await screen.waits { $0.contains(state) && $0.contains("C ada") == (exit > 0) }
        await screen.close()
        #expect(shown.holds, "\(shown.screen)")
    }

    @Test func withoutATerminalAPlainSnapshotIsPrinted() async throws {
        let backend = try await BackendProcess(["--traffic", "3:120"])
        let result = try await Programs.run(Programs.console, [backend.url])
        #expect(result.status == 0)
        #expect(result.output.contains("SESSIONS"))
        #expect(!result.output.contains("\u{1B}"))
    }

    @Test(arguments: ["creation-failing", "hollow", "run-stalled", "singleton"])
    func explainKnowsEveryWordOfAFinding(_ id: String) async throws {
        let result = try await Programs.run(Programs.console, ["explain", id])
        #expect(result.status == 0)
        #expect(result.output.contains("threshold"))
    }

    @Test func explainSaysWhatItKnowsWhenItDoesNot() async throws {
        let result = try await Programs.run(Programs.console, ["explain", "nonsense"])
        #expect(result.status == 64)
        #expect(result.error.contains("creation-failing"))
    }

    @Test func theVersionIsSaid() async throws {
        #expect(try await Programs.run(Programs.console, ["--version"]).output.hasPrefix("0.1.0"))
    }
}
