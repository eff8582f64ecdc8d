import Foundation
import Testing

/// A screen that does not change costs a terminal nothing.
@Suite(.serialized) struct QuietTerminalTests {
    @Test func nothingIsWrittenWhileNothingChanges() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).ndjson")
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let terminal = PseudoTerminal(Programs.console, [file.path, "--open", "sessions"], columns: 160)
        #expect(try await terminal.waits(for: "ended"))
        // Once the console has gone to sleep some times, what was to be drawn is drawn.
        let settled = terminal.sleeps + 10
        #expect(try await terminal.waits { terminal.sleeps >= settled })
        terminal.forget()
        let later = terminal.sleeps + 20
        #expect(try await terminal.waits { terminal.sleeps >= later })
        // The clock may have come to the next minute: some 30 bytes.
        #expect(terminal.byteCount <= 40, "\(terminal.text.debugDescription)")
    }
}
