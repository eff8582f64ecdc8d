import Foundation
import Testing

/// `ctxtop probe` against real backends.
@Suite(.serialized) struct ProbeTests {
    private func probe(_ arguments: [String]) async throws -> (status: Int32, output: String, error: String) {
        try await Programs.run(Programs.console, ["probe"] + arguments)
    }

    @Test func everyPathOfAGoodBackendPasses() async throws {
        let backend = try await BackendProcess([])
        let result = try await probe([backend.url, "--patience", "60s"])
        #expect(result.status == 0, "\(result.output)\(result.error)")
        for path in ["websocket", "http", "background"] {
            #expect(result.output.contains("ok    \(path)"))
        }
        #expect(result.output.contains("to 3 canary users, 0 of others"))
        // Who looks afterwards sees that it was a probe, and no rule cries.
        let check = try await Programs.run(Programs.console, ["check", backend.url])
        #expect(check.status == 0, "\(check.output)")
    }

    @Test func theSeedsBrokenPathFailsAndTheOthersPass() async throws {
        let backend = try await BackendProcess(["--fault", "nil-dispatcher"])
        let result = try await probe([backend.url, "--patience", "60s"])
        #expect(result.status == 2, "\(result.output)")
        #expect(result.output.contains("FAIL  websocket"))
        #expect(result.output.contains("Required component tool_dispatcher is missing or None"))
        #expect(result.output.contains("ok    http"))
        let other = try await probe([backend.url, "--path", "http", "--patience", "60s"])
        #expect(other.status == 0, "\(other.output)")
        #expect(!other.output.contains("websocket"))
    }

    @Test(
        arguments: [
            ("duplicate-event", "grammar: duplicate"), ("reorder", "grammar: gap in sequence"),
            ("stall", "no end of the run within 3 s"), ("half-built", "licensed_search"),
        ])
    func whatABrokenBackendDeliversIsNamed(fault: String, words: String) async throws {
        let backend = try await BackendProcess(["--fault", fault])
        let patience = fault == "stall" ? "3s" : "60s"
        let result = try await probe([backend.url, "--path", "http", "--patience", patience])
        #expect(result.status == 2, "\(result.output)")
        #expect(result.output.contains(words), "\(result.output)")
        let json = try await probe([
            backend.url, "--path", "http", "--patience", patience, "--format", "json",
        ])
        #expect(json.output.contains("\"passed\": false"))
    }

    @Test func aProbeNeverRunsFasterThanItsRate() async throws {
        let backend = try await BackendProcess([])
        let begun = ContinuousClock.now
        let result = try await probe([
            backend.url, "--path", "http", "--runs", "2", "--rate", "6", "--patience", "60s",
        ])
        #expect(result.status == 0, "\(result.output)")
        #expect(ContinuousClock.now - begun >= .seconds(10))
        #expect(result.output.contains("1 path, 2 runs"))
    }

    @Test func withoutATokenACanaryIsTurnedAway() async throws {
        let folder = FileManager.default.temporaryDirectory
        let file = folder.appending(path: "\(UUID().uuidString).users").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try Programs.writeSecret("ctxtop-canary-http secret-of-the-canary\n", to: file)
        let backend = try await BackendProcess(["--users-file", file], insecureLoopback: false)
        let refused = try await probe([backend.url, "--path", "http"])
        #expect(refused.status == 2, "\(refused.output)")
        #expect(refused.output.contains("401"))
        let known = try await probe([
            backend.url, "--path", "http", "--users-file", file, "--patience", "60s",
        ])
        #expect(known.status == 0, "\(known.output)")
        #expect(!known.output.contains("secret"))
        #expect(try await probe([backend.url, "--users-file", file]).status == 64)
    }

    @Test(
        arguments: [
            (["http://127.0.0.1:1"], 3, "UNKNOWN"), (["https://127.0.0.1:1"], 64, "without TLS"),
            (["http://127.0.0.1:1", "--path", "x"], 64, "there is no \"x\""),
            (["http://127.0.0.1:1", "--runs", "21"], 64, "1 to 20"),
            (["http://127.0.0.1:1", "--rate", "61"], 64, "1 to 60"),
            (["http://127.0.0.1:1", "--patience", "0s"], 64, "is no duration"),
        ] as [([String], Int32, String)])
    func aWrongProbeIsOneClearLine(_ arguments: [String], _ exit: Int32, _ words: String) async throws {
        let result = try await probe(arguments)
        #expect(result.status == exit, "\(result.output)\(result.error)")
        #expect((result.output + result.error).contains(words), "\(result.output)\(result.error)")
    }
}
