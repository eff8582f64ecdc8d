import Synchronization
import Testing
import WireProtocol

@testable import ConsoleClient

/// The live link over real sockets: what it says when the other side misbehaves.
@Suite(.timeLimit(.minutes(5))) struct BackendConnectionTests {
    /// Keeps a link until what came is `enough`, and gives all of it.
    private func watch(
        _ url: String, _ options: ClientOptions = .live, jitter: Double = 0,
        until enough: @Sendable ([Message]) -> Bool
    ) async throws -> [Message] {
        let links = try ConsoleLinks(options)
        let link = links.connection(to: try BackendTarget(url), jitter: { jitter })
        let running = Task { await link.run() }
        var messages: [Message] = []
        for await message in link.messages {
            messages.append(message)
            if enough(messages) { break }
        }
        running.cancel()
        await running.value
        await links.shutDown()
        return messages
    }

    /// An event of ours as a frame of a stream.
    private static func frame(_ id: String, _ step: String) -> String {
        "id: \(id)\ndata: {\"type\":\"STEP_STARTED\",\"stepName\":\"\(step)\"}\n\n"
    }

    private static let hello = ": instance=i1 boot=b1\nretry: 2000\n\n"

    @Test func joinsHealthSnapshotAndStream() async throws {
        try await FakeServer.serving({ request in
            switch request.path {
            case "/health": .native
            case "/monitor/v1/snapshot": .whole(FakeAnswer.snapshotBody)
            default: .stream(Self.hello, Self.frame("b1-8", "a"), Self.frame("b1-9", "b"), holds: true)
            }
        }) { server in
            let messages = try await watch(server.origin) { $0.eventLines.count == 2 && $0.healths.count > 2 }
            #expect(messages.first == .link(.connecting, reason: nil, retryIn: nil))
            #expect(messages.linkStates == [.connecting, .connected])
            #expect(messages.snapshots.count == 1)
            #expect(messages.contains(.dialect(name: "native", coverage: .whole)))
            let stream = server.history.first { $0.path.hasSuffix("/events") }
            #expect(stream?.headers["last-event-id"] == "b1-7")
            #expect(stream?.headers["accept"] == "text/event-stream")
        }
    }

    @Test func resumesAStreamThatWasCutInsideAnEvent() async throws {
        try await FakeServer.serving({ request in
            switch (request.path, request.turn) {
            case ("/health", _): .native
            case ("/monitor/v1/snapshot", _): .whole(FakeAnswer.snapshotBody)
            case (_, 0): .stream(Self.hello, Self.frame("b1-8", "a"), "id: b1-9\ndata: {\"type\":\"STEP_ST")
            default: .stream(Self.hello, Self.frame("b1-9", "b"), holds: true)
            }
        }) { server in
            let messages = try await watch(server.origin) { $0.eventLines.count == 2 }
            #expect(messages.eventLines.map { $0.contains("\"b\"") } == [false, true])
            #expect(messages.refusedLines == 0)
            #expect(messages.linkStates == [.connecting, .connected, .stale, .connected])
            let streams = server.history.filter { $0.path.hasSuffix("/events") }
            #expect(streams.map { $0.headers["last-event-id"] } == ["b1-7", "b1-8"])
        }
    }

    @Test func takesANewSnapshotWhenTheResumePointIsGone() async throws {
        try await FakeServer.serving({ request in
            switch (request.path, request.turn) {
            case ("/health", _): .native
            case ("/monitor/v1/snapshot", let turn):
                .whole(FakeAnswer.snapshotBody(boot: "b1", lastEventID: "b1-\(turn)"))
            case (_, 0): .whole("{\"detail\":\"gone\"}", status: 410, type: "application/problem+json")
            default: .stream(Self.hello, Self.frame("b1-8", "a"), holds: true)
            }
        }) { server in
            let messages = try await watch(server.origin) { $0.eventLines.count == 2 }
            #expect(messages.snapshots.map(\.lastEventID) == ["b1-0", "b1-1"])
            #expect(messages.eventLines.first?.contains("\"lost\":1") == true)
            #expect(messages.linkStates == [.connecting, .connected, .stale, .connected])
        }
    }

    /// Whether a server is to fail once.
    private final class Failing: Sendable {
        private let isDue = Mutex(false)
        func arm() { isDue.withLock { $0 = true } }
        func fire() -> Bool {
            isDue.withLock { isDue in
                defer { isDue = false }
                return isDue
            }
        }
    }

    @Test func resumesAfterTheLastEventWhenTheLinkWasLost() async throws {
        let missed = (9...12).map { Self.frame("b1-\($0)", "step \($0)") }.joined()
        let failing = Failing()
        try await FakeServer.serving({ request in
            switch (request.path, request.turn) {
            // A connection that is closed without an answer loses the link.
            case ("/health", _): failing.fire() ? FakeAnswer(pieces: []) : .native
            case ("/monitor/v1/snapshot", 0): .whole(FakeAnswer.snapshotBody)
            case ("/monitor/v1/snapshot", _):
                .whole(FakeAnswer.snapshotBody(boot: "b1", lastEventID: "b1-12"))
            case (_, 0): .stream(Self.hello, Self.frame("b1-8", "step 8"))
            case (_, 1): Self.armed(failing)
            default: .stream(Self.hello, missed, holds: true)
            }
        }) { server in
            let messages = try await watch(server.origin) { $0.snapshots.count == 2 }
            #expect(messages.linkStates.contains(.lost))
            #expect(messages.eventLines.count == 5)
            // The snapshot follows what it counts.
            #expect(messages.last.map { if case .snapshot = $0 { true } else { false } } == true)
            let streams = server.history.filter { $0.path.hasSuffix("/events") }
            #expect(streams.map { $0.headers["last-event-id"] } == ["b1-7", "b1-8", "b1-8"])
        }
    }

    /// A stream without events; when it is asked for, the one before was received, and the link may be lost.
    private static func armed(_ failing: Failing) -> FakeAnswer {
        failing.arm()
        return .stream(hello, holds: true)
    }

    @Test func takesANewSnapshotWhenAnotherStartOfTheBackendAnswers() async throws {
        try await FakeServer.serving({ request in
            switch (request.path, request.turn) {
            case ("/health", _): .native
            case ("/monitor/v1/snapshot", 0): .whole(FakeAnswer.snapshotBody(boot: "b1", lastEventID: "b1-7"))
            case ("/monitor/v1/snapshot", _): .whole(FakeAnswer.snapshotBody(boot: "b2", lastEventID: "b2-0"))
            default: .stream(": instance=i1 boot=b2\n\n", Self.frame("b2-1", "new"), holds: true)
            }
        }) { server in
            let messages = try await watch(server.origin) { !$0.eventLines.isEmpty }
            #expect(messages.snapshots.map(\.bootID) == ["b1", "b2"])
            #expect(messages.eventLines.count == 1)
            let streams = server.history.filter { $0.path.hasSuffix("/events") }
            #expect(streams.map { $0.headers["last-event-id"] } == ["b1-7", "b2-0"])
        }
    }

    @Test func takesANewSnapshotAfterAGapInTheStream() async throws {
        let gap = "data: {\"type\":\"CUSTOM\",\"name\":\"ctxtop.gap\",\"value\":{\"lost\":3}}\n\n"
        try await FakeServer.serving({ request in
            switch request.path {
            case "/health": .native
            case "/monitor/v1/snapshot": .whole(FakeAnswer.snapshotBody)
            default: .stream(Self.hello, gap, holds: true)
            }
        }) { server in
            let messages = try await watch(server.origin) { $0.snapshots.count == 2 }
            #expect(messages.eventLines.count == 1)
            #expect(messages.linkStates == [.connecting, .connected])
        }
    }

    @Test func neverMixesASnapshotOfAnotherStart() async throws {
        var options = ClientOptions.live
        options.snapshotInterval = .milliseconds(50)
        try await FakeServer.serving({ request in
            switch (request.path, request.turn) {
            case ("/health", _): .native
            case ("/monitor/v1/snapshot", 0): .whole(FakeAnswer.snapshotBody(boot: "b1", lastEventID: "b1-7"))
            case ("/monitor/v1/snapshot", _): .whole(FakeAnswer.snapshotBody(boot: "b2", lastEventID: "b2-0"))
            case (_, 0): .stream(Self.hello, holds: true)
            default: .stream(": instance=i1 boot=b2\n\n", holds: true)
            }
        }) { server in
            let messages = try await watch(server.origin, options) { $0.snapshots.count == 3 }
            #expect(messages.snapshots.map(\.bootID) == ["b1", "b2", "b2"])
            #expect(messages.linkStates == [.connecting, .connected, .stale, .connected])
        }
    }

    @Test func countsWhatItCannotReadAndGoesOn() async throws {
        let strange = "data: {\"type\":\"NOBODY_KNOWS\",\"x\":\"\\u001b[2J\"}\n\ndata: {broken\n\ndata: 7\n\n"
        let long = "data: " + String(repeating: "x", count: 2 << 20) + "\n\n"
        try await FakeServer.serving({ request in
            switch request.path {
            case "/health": .native
            case "/monitor/v1/snapshot": .whole(FakeAnswer.snapshotBody)
            default: .stream(Self.hello, strange, long, Self.frame("b1-8", "after"), holds: true)
            }
        }) { server in
            let messages = try await watch(server.origin) { $0.eventLines.contains { $0.contains("after") } }
            #expect(messages.eventLines.count == 2)
            #expect(messages.refusedLines == 2)
            #expect(messages.refusals("event") == ["an event longer than 1 MiB"])
        }
    }

    @Test(arguments: [
        (FakeAnswer.whole("<html>login</html>", type: "text/html"), "not an event stream"),
        (.whole("{\"detail\":\"no\"}", status: 401), "--token-file"), (.whole("", status: 503), "HTTP 503"),
    ]) func saysWhyThereIsNoEventStream(_ answer: FakeAnswer, _ words: String) async throws {
        try await FakeServer.serving({ request in
            switch request.path {
            case "/health": .native
            case "/monitor/v1/snapshot": .whole(FakeAnswer.snapshotBody)
            default: answer
            }
        }) { server in
            let messages = try await watch(server.origin) { $0.linkStates.contains(.stale) }
            guard case .link(.stale, let reason?, _?) = messages.lastLink else {
                Issue.record("\(messages)")
                return
            }
            #expect(reason.contains(words), "\(reason)")
        }
    }

    @Test func saysWhyThereIsNoSnapshotAndKeepsAskingForHealth() async throws {
        try await FakeServer.serving({ request in
            request.path == "/health" ? .native : .whole("{\"detail\":\"no\"}", status: 401)
        }) { server in
            let messages = try await watch(server.origin) { $0.healths.count > 3 }
            #expect(messages.linkStates == [.connecting, .connected])
            #expect(messages.refusals("snapshot").first?.contains("--token-file") == true)
        }
    }

    @Test func waitsLongerAfterEachFailure() async throws {
        let messages = try await watch(FakeServer.nobody, jitter: 0.4) { messages in
            messages.count { if case .link(.lost, _, _) = $0 { true } else { false } } == 3
        }
        let waits = messages.compactMap { message -> Duration? in
            if case .link(.lost, "connection refused", let wait) = message { wait } else { nil }
        }
        #expect(waits == [.milliseconds(200), .milliseconds(400), .milliseconds(800)])
        #expect(messages.healths.allSatisfy { $0.status == .fail && $0.reason == "connection refused" })
    }

    @Test func comesBackWhenTheServerDoes() async throws {
        let (news, output) = AsyncStream<[LinkState]>.makeStream()
        // An address of its own, on which no other test can take the port meanwhile.
        let host = "127.0.0.3"
        let port = try await FakeServer.serving(host: host, { _ in .silence }, { $0.port })
        let watching = Task {
            try await watch("http://\(host):\(port)/health") { messages in
                output.yield(messages.linkStates)
                return messages.linkStates.count == 5
            }
        }
        @Sendable func reach(_ count: Int) async {
            for await states in news where states.count >= count { break }
        }
        await reach(2)
        try await FakeServer.serving(host: host, port: port, { _ in .whole("{\"status\":\"ok\"}") }) { _ in
            await reach(3)
        }
        await reach(4)
        try await FakeServer.serving(host: host, port: port, { _ in .whole("{\"status\":\"ok\"}") }) { _ in
            await reach(5)
        }
        let messages = try await watching.value
        #expect(messages.linkStates == [.connecting, .lost, .connected, .lost, .connected])
    }

    @Test func noticesThatTheBackendBecameOneOfOurs() async throws {
        try await FakeServer.serving({ request in
            switch (request.path, request.turn) {
            case ("/health", 0): .whole("<html>starting</html>", status: 503, type: "text/html")
            case ("/health", _): .native
            case ("/monitor/v1/snapshot", _): .whole(FakeAnswer.snapshotBody)
            default: .stream(Self.hello, Self.frame("b1-8", "a"), holds: true)
            }
        }) { server in
            let messages = try await watch(server.origin) { !$0.eventLines.isEmpty }
            #expect(messages.snapshots.count == 1)
            #expect(messages.health?.status == .fail)
        }
    }

    @Test func aReadinessThatFailsIsTheFirstHealthOfAConnect() async throws {
        try await FakeServer.serving({ request in
            switch request.path {
            case "/health": .whole("ok", type: "text/plain")
            case "/readyz": .whole("no store", status: 503, type: "text/plain")
            default: .whole("no", status: 404)
            }
        }) { server in
            var options = ClientOptions.live
            options.healthInterval = .seconds(60)
            options.readinessPatience = .seconds(60)
            let messages = try await watch(server.origin, options) { !$0.healths.isEmpty }
            #expect(messages.health?.status == .fail)
            #expect(messages.health?.reason == "/readyz: HTTP 503: no store; ok")
        }
    }

    @Test func saysNothingFalseWhenItIsCancelled() async throws {
        try await FakeServer.serving({ request in
            switch (request.path, request.turn) {
            case ("/health", 0): .native
            case ("/health", _): .silence
            case ("/monitor/v1/snapshot", _): .whole(FakeAnswer.snapshotBody)
            default: .stream(Self.hello, Self.frame("b1-8", "a"), holds: true)
            }
        }) { server in
            let links = try ConsoleLinks(.live)
            let link = links.connection(to: try BackendTarget(server.origin))
            let running = Task { await link.run() }
            for await request in server.requests where request.path == "/health" && request.turn == 1 {
                break
            }
            running.cancel()
            await running.value
            var messages: [Message] = []
            for await message in link.messages { messages.append(message) }
            #expect(messages.healths.map(\.status) == [.pass])
            #expect(messages.linkStates == [.connecting, .connected])
            await links.shutDown()
        }
    }

    @Test func losesTheLinkWhenHealthStopsAnsweringAlthoughTheStreamIsOpen() async throws {
        var options = ClientOptions.live
        options.timeout = .milliseconds(300)
        try await FakeServer.serving({ request in
            switch (request.path, request.turn) {
            case ("/health", 0): .native
            case ("/health", _): .silence
            case ("/monitor/v1/snapshot", _): .whole(FakeAnswer.snapshotBody)
            default: .stream(Self.hello, holds: true)
            }
        }) { server in
            let messages = try await watch(server.origin, options) { $0.linkStates.last == .lost }
            guard case .link(.lost, let reason, _) = messages.lastLink else { return }
            #expect(reason == "no answer within 0.3 s")
            #expect(messages.healths.last?.status == .fail)
        }
    }
}
