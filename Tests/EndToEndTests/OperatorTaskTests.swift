import Foundation
import Testing

/// What an operator does at 3 a.m., by keys, on a real backend.
@Suite(.serialized) struct OperatorTaskTests {
    /// From Pulse to which user, why, since when, who else: at most 8 keys.
    @Test func theIncidentIsUnderstoodInEightKeys() async throws {
        let screen = try await TmuxScreen([
            Programs.console, "demo", "--scenario", "incident", "--fix-after", "1h",
        ])
        let pulse = try await screen.waits {
            $0.contains("BROKEN") && $0.contains("pattern-missing")
        }
        #expect(pulse.holds, "\(pulse.screen)")
        // Key 1: why. The finding that stands first is opened.
        try await screen.press("Enter")
        let why = try await screen.waits { $0.contains("EVIDENCE") && $0.contains("WHO 8 users") }
        #expect(why.holds, "\(why.screen)")
        #expect(why.screen.contains("websocket wants tool_dispatcher: nil"))
        #expect(why.screen.contains("requires = tool_dispatcher"))
        #expect(why.screen.contains(" since "))
        #expect(why.screen.contains("ada@acme.io"))
        // Keys 2 to 4: who else, one user's own screen.
        try await screen.press("Escape", "2", "Enter")
        let context = try await screen.waits {
            $0.contains("DISPATCHER") && $0.contains("path     websocket")
        }
        #expect(context.holds, "\(context.screen)")
        #expect(context.screen.contains("✕ ERROR"))
        try await screen.press("q", "q", "q")
        #expect(try await screen.waits { $0.contains("left 0") }.holds)
        await screen.close()
    }

    @Test func theFixIsSeenLive() async throws {
        let screen = try await TmuxScreen([
            Programs.console, "demo", "--scenario", "incident", "--fix-after", "4s",
        ])
        #expect(try await screen.waits { $0.contains("✕ websocket") }.holds)
        let fixed = try await screen.waits(seconds: 60) {
            $0.contains("● websocket") && $0.contains("NEEDS ATTENTION 0") && $0.contains("HEALTHY")
        }
        #expect(fixed.holds, "\(fixed.screen)")
        await screen.close()
    }

    @Test func everyViewIsDrawnAtBothSizes() async throws {
        let backend = try await BackendProcess(["--traffic", "6:60"])
        let screen = try await TmuxScreen([Programs.console, backend.url])
        #expect(try await screen.waits { $0.contains("HEALTHY") }.holds)
        for (width, height) in [(80, 24), (200, 60)] {
            try await screen.resize(width: width, height: height)
            let marks = [
                "MIGRATION CHECKLIST": "3", "DISPATCHER": "4", "following": "5",
                "Nothing needs attention": "6", "pattern:http": "7", "STATE": "2",
            ]
            for (mark, key) in marks {
                try await screen.press(key)
                let seen = try await screen.waits { $0.contains(mark) }
                #expect(seen.holds, "\(key) at \(width)x\(height):\n\(seen.screen)")
            }
        }
        await screen.close()
    }

    @Test func theConsoleOutlivesItsBackend() async throws {
        let backend = try await BackendProcess(["--traffic", "6:60"])
        let screen = try await TmuxScreen([Programs.console, backend.url, "--open", "sessions"])
        #expect(try await screen.waits { $0.contains("● live") && $0.contains("ada@acme.io") }.holds)
        backend.kill()
        let lost = try await screen.waits { $0.contains("✕ lost") }
        #expect(lost.holds, "\(lost.screen)")
        #expect(lost.screen.contains("ada@acme.io"))
        try await screen.press("/", "a", "d", "a", "Enter")
        #expect(try await screen.waits { $0.contains("filter ada") }.holds)
        let port = Int(backend.url.split(separator: ":").last ?? "") ?? 0
        let again = try await BackendProcess(["--traffic", "6:60"], port: port)
        let back = try await screen.waits(seconds: 40) { $0.contains("● live") }
        #expect(back.holds, "\(back.screen)")
        again.kill()
        await screen.close()
    }

    @Test func theFirstVisitPointsOutKeysAndALaterOneSaysWhatIsNew() async throws {
        let state = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: state) }
        let backend = try await BackendProcess([])
        let first = try await TmuxScreen([Programs.console, backend.url], width: 120, state: state.path)
        #expect(try await first.waits { $0.contains("First time here?") && $0.contains("● websocket") }.holds)
        try await first.press("q")
        #expect(try await first.waits { $0.contains("left 0") }.holds)
        await first.close()
        // As if that had been an hour ago, and the path on the singleton.
        let file = state.appending(path: "ctxtop/state.json")
        var text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.contains("\"opened\": 1"))
        text = text.replacing(
            #/"at": \d+/#, with: "\"at\": \(Int(Date().timeIntervalSince1970 - 3600) * 1000)")
        text = text.replacing("\"websocket\": \"factory\"", with: "\"websocket\": \"singleton\"")
        try Data(text.utf8).write(to: file)
        let second = try await TmuxScreen([Programs.console, backend.url], width: 120, state: state.path)
        let news = try await second.waits {
            $0.contains("since your last visit 1h ago: websocket singleton → factory")
        }
        #expect(news.holds, "\(news.screen)")
        #expect(!news.screen.contains("First time here?"))
        await second.close()
    }
}
