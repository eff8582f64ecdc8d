import Foundation
import Testing

/// How many colours a terminal gets, and what it gets without.
@Suite(.serialized) struct TerminalColourTests {
    /// All that is written from the start to the first answer, and to the end.
    private func output(_ changes: [String: String?], _ flags: [String] = []) async throws -> String {
        let terminal = PseudoTerminal(Programs.console, ["http://127.0.0.1:1"] + flags, changes)
        #expect(try await terminal.waits(for: "refused"))
        terminal.type("q")
        #expect(try await terminal.end() == 0)
        return terminal.text
    }

    private func hasColour(_ text: String) -> Bool {
        text.contains(/\u{1B}\[[0-9;:]*(3[0-7]|38[;:])[0-9;:]*m/)
    }

    @Test func twoHundredAndFiftySixColours() async throws {
        #expect(try await output(["TERM": "xterm-256color"]).contains(/\u{1B}\[[0-9;]*38;5;[0-9]+/))
    }

    @Test(arguments: ["xterm", "linux", "screen"]) func eightColours(_ name: String) async throws {
        let text = try await output(["TERM": name])
        #expect(hasColour(text))
        #expect(!text.contains("38;5;"))
    }

    @Test(.enabled(if: hasDirectColours, "terminfo has xterm-direct (ncurses-term)"))
    func trueColour() async throws {
        let text = try await output(["TERM": "xterm-256color", "COLORTERM": "truecolor"])
        // The title's #5fafff.
        #expect(text.contains(/38[:;]2[:;]+95[:;]175[:;]255/))
        #expect(!text.contains("38;5;"))
    }

    private static let hasDirectColours = ["/usr/share/terminfo", "/lib/terminfo", "/etc/terminfo"].contains {
        FileManager.default.fileExists(atPath: $0 + "/x/xterm-direct")
    }

    @Test func withoutTerminfoForTrueColourThereAre256() async throws {
        let text = try await output(["TERM": "screen-256color", "COLORTERM": "truecolor"])
        #expect(text.contains("38;5;"))
    }

    @Test(arguments: [
        (["NO_COLOR": "1"], [String]()), ([:], ["--no-color"]), (["TERM": "vt100"], []),
        (["TERM": "xterm-mono"], []),
    ])
    func withoutColourAttributesSayIt(_ changes: [String: String], _ flags: [String]) async throws {
        let text = try await output(changes, flags)
        #expect(!hasColour(text))
        // Reversed or bold, whichever the terminal has.
        #expect(
            text.contains("\u{1B}[7m") || text.contains(/\u{1B}\[[0-9;]*7[;m]/)
                || text.contains(/\u{1B}\[0?;?1/))
    }

    @Test func anEmptyNoColorMeansNothing() async throws {
        #expect(hasColour(try await output(["NO_COLOR": ""])))
    }

    @Test(arguments: [(["LANG": "C"], [String]()), ([:], ["--ascii"])])
    func onlyASCIIIsDrawnWhereNothingElseCanBe(_ changes: [String: String], _ flags: [String]) async throws {
        let text = try await output(changes, flags)
        #expect(text.utf8.allSatisfy { $0 < 0x80 })
    }

    @Test func aThemeIsFoundInTheAssets() async throws {
        let text = try await output([:], ["--theme", "light"])
        // The title's #005faf is 25 of xterm's 256.
        #expect(text.contains("38;5;25"))
    }

    @Test func anUnknownThemeIsOneClearLine() async throws {
        let result = try await Programs.run(Programs.console, ["http://127.0.0.1:1", "--theme", "beige"])
        #expect(result.status == 64)
        #expect(result.error.contains("there is no theme \"beige\"; there are dark, colour-blind, light"))
    }
}
