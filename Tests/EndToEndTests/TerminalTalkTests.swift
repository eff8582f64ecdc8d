import Foundation
import Testing

/// What the console says to terminals, and what it makes of their answers.
@Suite(.serialized) struct TerminalTalkTests {
    private func open(_ changes: [String: String?] = [:], _ flags: [String] = []) async throws
        -> PseudoTerminal
    {
        let terminal = PseudoTerminal(Programs.console, ["http://127.0.0.1:1"] + flags, changes)
        #expect(try await terminal.waits(for: "refused"))
        return terminal
    }

    @Test(arguments: ["xterm", "xterm-256color", "tmux-256color", "screen", "screen-256color"])
    func aTerminalLikeXtermIsAskedForMore(_ name: String) async throws {
        let terminal = try await open(["TERM": name])
        for wanted in ["\u{1B}[?2004h", "\u{1B}[?2026$p", "\u{1B}]2;ctxtop http://127.0.0.1:1\u{7}"] {
            #expect(terminal.text.contains(wanted), "\(name) is not sent \(wanted.debugDescription)")
        }
    }

    @Test(arguments: ["linux", "vt100"])
    func aSimplerTerminalGetsNothingBeyondItsTerminfo(_ name: String) async throws {
        let terminal = try await open(["TERM": name])
        #expect(!terminal.text.contains("\u{1B}]"))
        #expect(!terminal.text.contains("?2004"))
        #expect(!terminal.text.contains("$p"))
        terminal.type("qq")
        #expect(try await terminal.end() == 0)
        #expect(!terminal.text.contains("?2004"))
        #expect(terminal.modes == terminal.modesBefore)
    }

    @Test func framesAreSynchronisedWhereTheTerminalReportsThatItCan() async throws {
        let terminal = try await open()
        #expect(!terminal.text.contains("\u{1B}[?2026h"))
        terminal.type("\u{1B}[?2026;2$y")
        terminal.type("2")
        #expect(try await terminal.waits(for: "\u{1B}[?2026h"))
        #expect(try await terminal.waits(for: "\u{1B}[?2026l"))
    }

    @Test(arguments: ["0", "4"]) func framesAreNotSynchronisedWhereItCannot(_ state: String) async throws {
        let terminal = try await open()
        terminal.type("\u{1B}[?2026;\(state)$y")
        terminal.type("2")
        #expect(try await terminal.waits(for: "Sessions"))
        terminal.type("qq")
        #expect(try await terminal.end() == 0)
        #expect(!terminal.text.contains("\u{1B}[?2026h"))
    }

    @Test func anUnknownSequencePressesNoKey() async throws {
        let terminal = try await open()
        // Ctrl-F5 of xterm, a cursor report, and a device's attributes: none may be Escape, 1, 5, ; or c.
        terminal.type("\u{1B}[15;5~\u{1B}[24;80R\u{1B}[?62;22c")
        terminal.forget()
        terminal.type("2")
        #expect(try await terminal.waits(for: "Sessions"))
        #expect(!terminal.text.contains("Events"))
    }

    @Test func aPastedTextPressesNoKey() async throws {
        let terminal = try await open()
        terminal.type("2")
        #expect(try await terminal.waits(for: "Sessions"))
        terminal.type("\u{1B}[200~q:quit\rq\u{3}\u{1B}[201~")
        terminal.type("3")
        #expect(try await terminal.waits(for: "Paths"))
    }

    @Test func aPasteIntoAPromptIsTextOnOneLine() async throws {
        let terminal = try await open()
        terminal.type("2/")
        terminal.type("\u{1B}[200~user:ada\rstate:stuck\u{1B}[A\u{1B}[201~")
        #expect(try await terminal.waits(for: "user:ada state:stuck"))
        terminal.type("\u{3}")
        terminal.type("qq")
        #expect(try await terminal.waits { terminal.hasEnded })
    }

    @Test func theMouseIsOffUnlessAskedFor() async throws {
        let terminal = try await open()
        #expect(!terminal.text.contains("\u{1B}[?1000h"))
        #expect(!terminal.text.contains("\u{1B}[?1006;1000h"))
    }
}
