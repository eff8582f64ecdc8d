import Foundation
import Testing

@Suite(.serialized) struct ConsoleTerminalTests {
    /// xterm's codes for entering and leaving the alternate screen.
    private let enter = "\u{1B}[?1049h"
    private let leave = "\u{1B}[?1049l"

    @Test func itStartsDrawsSwitchesResizesAndQuits() async throws {
        let terminal = PseudoTerminal(Programs.console, ["http://127.0.0.1:1"])
        #expect(try await terminal.waits(for: enter))
        #expect(try await terminal.waits(for: "connection refused"))
        terminal.forget()
        terminal.type("2")
        #expect(try await terminal.waits(for: "Sessions"))
        terminal.forget()
        terminal.resize(rows: 40, columns: 130)
        #expect(try await terminal.waits(for: "│"))
        terminal.type("q")
        #expect(try await terminal.end() == 0)
        #expect(terminal.text.contains(leave))
        #expect(terminal.modes == terminal.modesBefore)
    }

    @Test(arguments: [
        (SIGTERM, 128 + SIGTERM), (SIGHUP, 128 + SIGHUP), (SIGINT, 128 + SIGINT), (SIGILL, -SIGILL),
        (SIGSEGV, -SIGSEGV),
    ])
    func aSignalLeavesTheTerminalAsItWas(_ signal: Int32, _ ending: Int32) async throws {
        let terminal = PseudoTerminal(Programs.console, ["http://127.0.0.1:1"])
        #expect(try await terminal.waits(for: "connection refused"))
        #expect(terminal.modes != terminal.modesBefore)
        terminal.signal(signal)
        #expect(try await terminal.end() == ending)
        #expect(terminal.text.contains(leave))
        #expect(terminal.modes == terminal.modesBefore)
    }

    @Test func anUnknownTerminalIsOneClearLine() async throws {
        let result = try await Programs.run(
            "/usr/bin/env",
            ["TERM=nonsense", "script", "-qec", "\(Programs.console) http://127.0.0.1:1", "/dev/null"])
        #expect(result.output.contains("terminfo does not know TERM=nonsense"))
        #expect(result.status == 3)
    }
}
