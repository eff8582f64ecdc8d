import Foundation

/// A program inside tmux, so that a real terminal emulator says what is on the screen.
final class TmuxScreen: Sendable {
    private let socket = "ctxtop-test-\(UUID().uuidString.prefix(8))"

    /// Starts it; `state` is where consoles remember things.
    init(
        _ command: [String], width: Int = 80, height: Int = 24, state: String = "/nonexistent"
    ) async throws {
        let line = command.map { "'\($0)'" }.joined(separator: " ") + "; echo left $?; cat"
        // The server stays behind with whatever it inherits; Foundation takes the end of the descriptors it gave
        // to a child for the child's end, so every one of them is closed before.
        let start = """
            for file in /proc/self/fd/*; do n=${file##*/}; [ "$n" -gt 2 ] && eval "exec $n>&-"; done
            export LC_ALL=C.UTF-8 XDG_CONFIG_HOME=/nonexistent XDG_STATE_HOME='\(state)'
            exec tmux -L \(socket) -f /dev/null new-session -d -x \(width) -y \(height) "$0" \
                >/dev/null 2>&1 </dev/null
            """
        _ = try await Programs.run("/bin/bash", ["-c", start, line])
    }

    @discardableResult
    private func tmux(_ arguments: String...) async throws -> String {
        try await Programs.run(
            "/usr/bin/env", ["LC_ALL=C.UTF-8", "tmux", "-L", socket, "-f", "/dev/null"] + arguments
        )
        .output
    }

    func press(_ keys: String...) async throws {
        for key in keys { try await tmux("send-keys", key) }
    }

    func resize(width: Int, height: Int) async throws {
        try await tmux("resize-window", "-x", String(width), "-y", String(height))
    }

    var text: String { get async throws { try await tmux("capture-pane", "-p") } }

    /// Waits until the screen satisfies a condition; gives the last screen, and whether it did.
    func waits(seconds: Double = 20, for condition: (String) -> Bool) async throws -> (
        holds: Bool, screen: String
    ) {
        let deadline = Date(timeIntervalSinceNow: seconds)
        var screen = ""
        while Date() < deadline {
            screen = try await text
            if condition(screen) { return (true, screen) }
            try await Task.sleep(for: .milliseconds(50))
        }
        return (false, screen)
    }

    /// Ends the server and what runs in it.
    ///
    /// It inherited blocked signals from the tests, so that it never learns of the death of a child: it is asked
    /// for its own number and killed.
    func close() async {
        let ask = "tmux -L \(socket) list-panes -F"
        let end = "s=$(\(ask) '#{pid}'); p=$(\(ask) '#{pane_pid}'); pkill -9 -P $p; kill -9 $p $s"
        _ = try? await Programs.run("/bin/sh", ["-c", end + " >/dev/null 2>&1"])
    }
}
