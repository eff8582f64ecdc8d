import Foundation
import Testing

/// `ctxtop doctor`, from outside: what it says, and how it exits.
@Suite(.serialized) struct DoctorTests {
    private func doctor(
        _ arguments: [String], _ environment: [String] = ["LC_ALL=C.UTF-8"]
    ) async throws -> (status: Int32, output: String, error: String) {
        try await Programs.run("/usr/bin/env", environment + [Programs.console, "doctor"] + arguments)
    }

    @Test func aWorkingBackendHasNothingToFix() async throws {
        let backend = try await BackendProcess([])
        let report = try await doctor([backend.url])
        #expect(report.status == 0, "\(report.output)")
        for words in [
            "it answers", "dialect       native", "patterns ✓", "read without a token", "against ours",
            "nothing to fix",
        ] {
            #expect(report.output.contains(words), "no \(words) in \(report.output)")
        }
    }

    @Test func aBackendThatAsksForATokenSaysHowToGiveOne() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ctxtop-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (right, wrong) = (folder.appending(path: "right"), folder.appending(path: "wrong"))
        try Programs.writeSecret("sesame ada read\n", to: right.path)
        try Programs.writeSecret("mellon eva read\n", to: wrong.path)
        let backend = try await BackendProcess(["--token-file", right.path], insecureLoopback: false)
        let none = try await doctor([backend.url])
        #expect(none.status == 2)
        #expect(none.output.contains("it asks for a token") && none.output.contains("--token-file FILE"))
        let bad = try await doctor([backend.url, "--token-file", wrong.path])
        #expect(bad.status == 2)
        #expect(bad.output.contains("the token may not read this"))
        let good = try await doctor([backend.url, "--token-file", right.path])
        #expect(good.status == 0, "\(good.output)")
        #expect(good.output.contains("read with the token"))
        #expect(!(good.output + bad.output).contains("sesame") && !bad.output.contains("mellon"))
    }

    @Test func nobodyThereIsUnreachable() async throws {
        let report = try await doctor(["http://127.0.0.1:1"])
        #expect(report.status == 3)
        #expect(report.output.contains("no answer: connection refused"))
    }

    @Test func withoutATargetItLooksAtThisSideOnly() async throws {
        let report = try await doctor([], ["LC_ALL=C", "XDG_CONFIG_HOME=/nonexistent"])
        #expect(report.status == 1)
        #expect(report.output.contains("LC_ALL=C is not UTF-8"))
        #expect(report.output.contains("none at /nonexistent/ctxtop/config.toml"))
        #expect(!report.output.contains("\u{1B}"))
    }

    @Test func onATerminalItSaysHowWideTheSignsAre() async throws {
        let screen = try await TmuxScreen([Programs.console, "doctor"], width: 100, height: 30)
        let seen = try await screen.waits { $0.contains("left ") }
        #expect(seen.holds)
        #expect(seen.screen.contains("each is one column wide"), "\(seen.screen)")
        #expect(seen.screen.contains("100x30"))
        await screen.close()
    }

    @Test func aWrongFlagIsUsage() async throws {
        #expect(try await doctor(["--nonsense"]).status == 64)
        #expect(try await doctor(["ftp://x"]).status == 64)
    }
}
