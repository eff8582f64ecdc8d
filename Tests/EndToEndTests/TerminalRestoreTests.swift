import Foundation
import Testing

/// Whatever ends the console, the terminal is as it was.
@Suite(.serialized) struct TerminalRestoreTests {
    /// xterm's codes for leaving the alternate screen, and for what we switch on besides.
    private let leave = "\u{1B}[?1049l"
    private let marksNoPastes = "\u{1B}[?2004l"

    private func open() async throws -> PseudoTerminal {
        let terminal = PseudoTerminal(Programs.console, ["http://127.0.0.1:1"])
        #expect(try await terminal.waits(for: "connection refused"))
        #expect(terminal.modes != terminal.modesBefore)
        terminal.forget()
        return terminal
    }

    private func expectRestored(_ terminal: PseudoTerminal) {
        #expect(terminal.text.contains(leave))
        #expect(terminal.text.contains(marksNoPastes))
        // The cursor is visible again.
        #expect(terminal.text.contains("\u{1B}[?25h"))
        #expect(terminal.modes == terminal.modesBefore)
    }

    @Test(arguments: [
        (SIGTERM, 128 + SIGTERM), (SIGHUP, 128 + SIGHUP), (SIGINT, 128 + SIGINT), (SIGQUIT, 128 + SIGQUIT),
        (SIGILL, -SIGILL), (SIGSEGV, -SIGSEGV), (SIGABRT, -SIGABRT), (SIGBUS, -SIGBUS), (SIGFPE, -SIGFPE),
        (SIGTRAP, -SIGTRAP),
    ])
    func aSignalLeavesTheTerminalAsItWas(_ signal: Int32, _ ending: Int32) async throws {
        let terminal = try await open()
        terminal.signal(signal)
        let end = try await terminal.end()
        // A core dump sets one more bit (wait(2)).
        #expect(end == ending || end == ending - 128, "\(String(describing: end))")
        expectRestored(terminal)
    }

    @Test(arguments: ["q", "\u{03}", ":quit\r"])
    func quittingLeavesTheTerminalAsItWas(_ keys: String) async throws {
        let terminal = try await open()
        terminal.type(keys)
        #expect(try await terminal.end() == 0)
        expectRestored(terminal)
    }

    @Test func aWindowThatIsClosedEndsTheConsole() async throws {
        let terminal = try await open()
        terminal.hangUp()
        #expect(try await terminal.end() == 128 + SIGHUP)
    }

    @Test func aWindowThatIsClosedEndsEvenAConsoleThatIsNotTold() async throws {
        // In the background of a shell that goes on, nobody sends SIGHUP; nothing can be read any more all the same.
        let line = "setsid -w '\(Programs.console)' http://127.0.0.1:1; exit $?"
        let terminal = PseudoTerminal("/bin/bash", ["-c", "trap '' HUP; " + line])
        #expect(try await terminal.waits(for: "connection refused"))
        terminal.hangUp()
        #expect(try await terminal.end() == 128 + SIGHUP)
    }

    @Test func aProcessThatWasStoppedDrawsEverythingAnew() async throws {
        let terminal = try await open()
        terminal.signal(SIGSTOP)
        #expect(try await terminal.waits { terminal.isStopped })
        terminal.forget()
        terminal.signal(SIGCONT)
        #expect(try await terminal.waits(for: "\u{1B}[?1049h"))
        #expect(try await terminal.waits(for: "connection refused"))
        #expect(try await terminal.waits { terminal.modes != terminal.modesBefore })
        terminal.type("q")
        #expect(try await terminal.end() == 0)
        expectRestored(terminal)
    }

    @Test(arguments: ["\u{1A}", "SIGTSTP"])
    func ctrlZGivesTheTerminalToTheShellAndFgTakesItBack(_ way: String) async throws {
        let shell = PseudoTerminal(
            "/bin/bash", ["--norc", "--noprofile", "-i"], ["PS1": "ready> ", "HISTFILE": "/dev/null"])
        #expect(try await shell.waits(for: "ready> "))
        let modes = shell.modes
        shell.type("'\(Programs.console)' http://127.0.0.1:1\r")
        #expect(try await shell.waits(for: "connection refused"))
        shell.forget()
        if way == "SIGTSTP" {
            let children = try await Programs.run("/usr/bin/pgrep", ["-P", String(shell.pid)])
            kill(
                try #require(pid_t(children.output.trimmingCharacters(in: .whitespacesAndNewlines))), SIGTSTP)
        } else {
            shell.type(way)
        }
        #expect(try await shell.waits(for: "Stopped"))
        #expect(try await shell.waits(for: "ready> "))
        expectGivenBack(shell, modes)
        shell.type("echo $((6*7))\r")
        #expect(try await shell.waits(for: "42"))
        shell.forget()
        shell.type("fg\r")
        #expect(try await shell.waits(for: "\u{1B}[?1049h"))
        #expect(try await shell.waits(for: "connection refused"))
        #expect(try await shell.waits(for: "\u{1B}[?2004h"))
        shell.forget()
        shell.type("q")
        #expect(try await shell.waits(for: "ready> "))
        shell.type("exit\r")
        #expect(try await shell.end() == 0)
    }

    private func expectGivenBack(_ shell: PseudoTerminal, _ modes: UInt64) {
        #expect(shell.text.contains(leave))
        #expect(shell.modes == modes)
    }

    @Test func ctrlZWithoutAShellGoesOnAtOnce() async throws {
        let terminal = try await open()
        terminal.type("\u{1A}")
        #expect(try await terminal.waits(for: "\u{1B}[?1049h"))
        #expect(try await terminal.waits(for: "connection refused"))
        terminal.type("q")
        #expect(try await terminal.end() == 0)
    }
}
