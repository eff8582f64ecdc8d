import ContextMonitor
import NIOCore
import NIOEmbedded
import NIOPosix
import PatternDetection
import Synchronization
import Testing
import WebSocketTransport
import WireProtocol

@testable import Backend
@testable import SyntheticUsers

/// How long silent connections live, and who is served when there are too many.
@Suite(.timeLimit(.minutes(5))) struct ConnectionTests {
    /// Times that are over soon.
    private static let short = {
        var times = ConnectionTimes()
        (times.head, times.keepAlive) = (.seconds(1), .seconds(1))
        (times.bodyPart, times.body) = (.seconds(1), .seconds(1))
        return times
    }()
    private static let post =
        "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"

    @Test(arguments: [
        "", "GET /livez HT", "GET /livez HTTP/1.1\r\nHost: localhost\r\nX-",
        post + "Content-Length: 9\r\n\r\n",
        post + "Content-Length: 9\r\n\r\n{\"p", post + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
        "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\nGET /livez HT",
    ])
    func aPeerThatFallsSilentLosesItsConnection(_ bytes: String) async throws {
        try await RunningBackend.with {
            $0.connectionTimes = Self.short
        } _: { backend in
            try await Self.waitForTheEnd(of: bytes, backend.port)
        }
    }

    /// A body that comes byte by byte is in time with each part, and late as a whole.
    @Test func aBodyThatTricklesHasALimitAsAWhole() async throws {
        var times = ConnectionTimes()
        times.body = .milliseconds(500)
        try await RunningBackend.with { [times] in
            $0.connectionTimes = times
        } _: { backend in
            let channel = try await Self.connect(backend.port)
            try await channel.writeAndFlush(ByteBuffer(string: Self.post + "Content-Length: 9999999\r\n\r\n"))
            let trickle = Task {
                while !Task.isCancelled {
                    try await channel.writeAndFlush(ByteBuffer(string: " "))
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            try await channel.closeFuture.get()
            trickle.cancel()
        }
    }

    @Test func aPeerThatReadsNothingLosesItsConnection() async throws {
        var times = ConnectionTimes()
        times.stall = .milliseconds(300)
        try await RunningBackend.with { [times] in
            $0.connectionTimes = times
            $0.offersEcho = true
        } _: { backend in
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(.autoRead, value: false)
                .channelOption(.socketOption(.so_rcvbuf), value: 4096)
                .connect(host: "127.0.0.1", port: backend.port).get()
            let request = "GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
            // Answers of a few megabytes: more than the sockets of both sides hold.
            channel.writeAndFlush(ByteBuffer(string: String(repeating: request, count: 2000)), promise: nil)
            #expect(await eventually { backend.server.connections.count == 1 })
            #expect(await eventually { backend.server.connections.count == 0 })
            try? await channel.close()
        }
    }

    @Test func whatIsUnderWayIsNotCut() async throws {
        try await RunningBackend.with {
            $0.connectionTimes = Self.short
            $0.pace = AgentPace(thinkingMilliseconds: 1600...1600, slowToolMilliseconds: 1600...1600)
        } _: { backend in
            // A run pauses for longer than any of the times.
            #expect(await backend.work(on: .http, "1+1") == .completed)
            let chat = try await RawChat(port: backend.port, as: "ada")
            let head = "GET /monitor/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
            async let stream = RawHTTP.exchange([head], port: backend.port) { $0.contains("RUN_STARTED") }
            #expect(await eventually { backend.monitor.streamCount == 1 })
            // Connections that were opened later are closed by now.
            for _ in 0..<3 { try await Self.waitForTheEnd(of: "", backend.port) }
            #expect(try await chat.ask("ping", [:])?["result"] == [:])
            _ = try await chat.ask("session.open", ["session": "s"])
            _ = try await chat.ask("run.start", ["session": "s", "prompt": "1+1"])
            #expect(try await stream.contains("RUN_STARTED"))
            chat.close()
        }
    }

    @Test func silentConnectionsMakeRoomForNewOnes() async throws {
        try await RunningBackend.with {
            $0.connectionLimits.all = 4
            $0.connectionLimits.reserved = 2
        } _: { backend in
            var silent: [any Channel] = []
            for _ in 0..<20 { silent.append(try await Self.connect(backend.port)) }
            for path in ["/v1/agents", "/monitor/v1/snapshot"] {
                #expect(try await Self.get(path, backend.port).hasPrefix("HTTP/1.1 200 "))
            }
            #expect(await eventually { backend.server.connections.count <= 4 })
            for channel in silent { try? await channel.close() }
            #expect(await eventually { backend.server.connections.count == 0 })
        }
    }

    @Test func operatorsAreServedWhileUsersHaveEveryPlace() async throws {
        try await RunningBackend.with {
            $0.connectionLimits.all = 3
            $0.connectionLimits.reserved = 2
        } _: { backend in
            var chats: [RawChat] = []
            for _ in 0..<3 { chats.append(try await RawChat(port: backend.port, as: "bob")) }
            let refused = try await Self.get("/v1/agents", backend.port)
            #expect(refused.hasPrefix("HTTP/1.1 503 "))
            #expect(refused.contains("the server has as many connections as it serves; try again"))
            await #expect(throws: (any Error).self) { try await RawChat(port: backend.port, as: "ada") }
            for path in ["/monitor/v1/snapshot", "/metrics", "/health", "/livez", "/readyz"] {
                #expect(await Self.isSoonServed(path, backend.port), "\(path)")
            }
            // Streams of operators have the reserved places: the next connection is refused unheard.
            let head = "GET /monitor/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
            #expect(await eventually { backend.server.connections.count == 3 })
            var streams: [any Channel] = []
            for count in 1...2 {
                let stream = try #require(
                    try await Self.opened(head, backend.port) { backend.monitor.streamCount == count })
                streams.append(stream)
            }
            #expect(await eventually { backend.server.connections.count == 5 })
            let unheard = try await Self.connect(backend.port)
            try await unheard.closeFuture.get()
            for stream in streams { try await stream.close() }
            chats.removeLast().close()
            #expect(await Self.isSoonServed("/v1/agents", backend.port))
            for chat in chats { chat.close() }
        }
    }

    @Test func oneAddressHasItsLimitAndThisMachineHasNone() {
        var limits = ConnectionLimits(descriptors: 1024)
        limits.ofOneAddress = 2
        let table = ConnectionTable(limits) { _ in }
        let channels = (0..<6).map { _ in EmbeddedChannel() }
        func isServed(_ channel: EmbeddedChannel, _ address: String?) -> Bool {
            if case .all = table.admit(channel, from: address) { true } else { false }
        }
        #expect(isServed(channels[0], "192.0.2.1") && isServed(channels[1], "192.0.2.1"))
        #expect(!isServed(channels[2], "192.0.2.1"))
        #expect(isServed(channels[2], "192.0.2.2"))
        for channel in channels[3...] { #expect(isServed(channel, "127.0.0.1")) }
        _ = try? channels[0].finish()
        #expect(isServed(EmbeddedChannel(), "192.0.2.1"))
    }

    @Test func aFullTableIsReportedOnceAndAgainAfterItHadRoom() {
        var limits = ConnectionLimits(descriptors: 1024)
        (limits.all, limits.reserved) = (10, 1)
        let reports = Mutex(0)
        let table = ConnectionTable(limits) { _ in reports.withLock { $0 += 1 } }
        var open: [EmbeddedChannel] = []
        func fill() {
            for _ in 0..<30 {
                let channel = EmbeddedChannel()
                if case .all(let id) = table.admit(channel, from: nil) {
                    table.note(id, isWaiting: true)
                    open.append(channel)
                }
            }
        }
        fill()
        #expect(reports.withLock { $0 } == 1)
        #expect(table.count == 10)
        for channel in open { _ = try? channel.finish() }
        #expect(table.count == 0)
        fill()
        #expect(reports.withLock { $0 } == 2)
    }

    @Test(arguments: [(0, 1, 1), (16, 6, 2), (128, 74, 16), (1024, 954, 32), (1 << 30, 50_000, 32)])
    func theLimitLeavesDescriptorsForTheServerItself(_ descriptors: Int, _ all: Int, _ reserved: Int) {
        let limits = ConnectionLimits(descriptors: descriptors, cores: 2)
        #expect(limits.all == all)
        #expect(limits.reserved == reserved)
    }

    private static func connect(_ port: Int) async throws -> any Channel {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port).get()
    }

    /// Whether a path is answered with 200; the place of a connection that was closed is free a moment later.
    private static func isSoonServed(_ path: String, _ port: Int) async -> Bool {
        await eventually { (try? await get(path, port))?.hasPrefix("HTTP/1.1 200 ") == true }
    }

    /// Sends a head until it is served: on a busy machine the places of closed connections are free a moment later.
    private static func opened(
        _ head: String, _ port: Int, isServed: @escaping @Sendable () -> Bool
    ) async throws -> (any Channel)? {
        for _ in 0..<50 {
            let channel = try await connect(port)
            try? await channel.writeAndFlush(ByteBuffer(string: head))
            _ = await eventually { isServed() || !channel.isActive }
            if isServed() { return channel }
            try? await channel.close()
            try await Task.sleep(for: .milliseconds(100))
        }
        return nil
    }

    /// Sends bytes and waits until the server has closed the connection.
    private static func waitForTheEnd(of bytes: String, _ port: Int) async throws {
        let channel = try await connect(port)
        // On a busy machine the end may come before the bytes are written.
        try? await channel.writeAndFlush(ByteBuffer(string: bytes))
        try await channel.closeFuture.get()
    }

    private static func get(_ path: String, _ port: Int) async throws -> String {
        try await RawHTTP.exchange(
            ["GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"], port: port)
    }
}
