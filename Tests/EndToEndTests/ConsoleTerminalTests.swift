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
        terminal.type("qq")
        #expect(try await terminal.end() == 0)
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

    @Test func aTerminalThatCannotMoveItsCursorIsOneClearLine() async throws {
        let terminal = PseudoTerminal(Programs.console, ["http://127.0.0.1:1"], ["TERM": "dumb"])
        #expect(try await terminal.end() == 3)
        #expect(terminal.text.contains("TERM=dumb cannot move its cursor"))
        #expect(terminal.modes == terminal.modesBefore)
    }

    @Test func aStormOfResizesEndsWithTheLastSize() async throws {
        let terminal = PseudoTerminal(Programs.console, ["http://127.0.0.1:1"])
        #expect(try await terminal.waits(for: "connection refused"))
        for round in 0..<200 {
            terminal.resize(rows: 10 + round % 110, columns: 40 + round * 7 % 360)
        }
        terminal.resize(rows: 10, columns: 40)
        terminal.resize(rows: 30, columns: 119)
        terminal.forget()
        terminal.resize(rows: 31, columns: 120)
        terminal.type("2")
        // The last line of a whole frame.
        #expect(try await terminal.waits(for: "\u{1B}[31;"))
        #expect(try await terminal.waits(for: "Sessions"))
        // From Sessions to Pulse, and out.
        terminal.type("qq")
        #expect(try await terminal.end() == 0)
    }

    @Test(arguments: [(10, 40), (24, 80), (36, 120), (60, 200), (120, 400), (1, 1), (3, 500)])
    func itStartsInEverySize(_ rows: Int, _ columns: Int) async throws {
        let terminal = PseudoTerminal(Programs.console, ["http://127.0.0.1:1"], rows: rows, columns: columns)
        #expect(try await terminal.waits(for: enter))
        // Help, the seventh view, Pulse.
        terminal.type("1234567?qqq")
        #expect(try await terminal.end() == 0)
        #expect(terminal.text.contains(leave))
    }
}
