import NIOCore
import NIOPosix
import Testing

@testable import WebSocketTransport

@Suite(.timeLimit(.minutes(5))) struct LoopbackTests {
    static let large = WebSocketConfiguration(maximumMessageBytes: 16 << 20, maximumQueuedBytes: 32 << 20)

    /// Sends everything back.
    static let echo = WebSocketRoute(subprotocols: ["ag-ui.v1.json"], configuration: large) { connection, _ in
        for await message in connection.messages { try? connection.send(message) }
    }

    /// A route that gives its closure to the test.
    private func reporting(
        _ configuration: WebSocketConfiguration = WebSocketConfiguration(),
        body: @escaping @Sendable (WebSocketConnection) async -> Void
    ) -> (WebSocketRoute, AsyncStream<WebSocketClosure>) {
        let (closures, continuation) = AsyncStream<WebSocketClosure>.makeStream()
        let route = WebSocketRoute(configuration: configuration) { connection, _ in
            await body(connection)
            continuation.yield(await connection.closed)
        }
        return (route, closures)
    }

    @Test(arguments: [0, 1, 125, 126, 65535, 65536, 1_000_000]) func everySizeComesBack(_ count: Int)
        async throws
    {
        try await Loopback.serving(Self.echo) { server in
            let client = try await server.connect(configuration: Self.large)
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let text = String(repeating: "作", count: count / 3)
            try client.send(bytes)
            try client.send(text)
            var iterator = client.messages.makeAsyncIterator()
            #expect(await iterator.next() == .binary(bytes))
            #expect(await iterator.next() == .text(text))
            client.close()
            #expect(await iterator.next() == nil)
            #expect(await client.closed == WebSocketClosure(code: .normal, reason: "", cause: .closedHere))
        }
    }

    @Test func aThousandMessagesComeBackInOrder() async throws {
        try await Loopback.serving(Self.echo) { server in
            let client = try await server.connect(configuration: Self.large)
            for number in 0..<1000 { try client.send("\(number)") }
            var iterator = client.messages.makeAsyncIterator()
            for number in 0..<1000 { #expect(await iterator.next() == .text("\(number)")) }
            client.close()
            _ = await client.closed
        }
    }

    @Test func fragmentsAndPingsBehindTheHandshakeAreRead() async throws {
        try await Loopback.serving(Self.echo) { server in
            try await RawClient.connected(to: server.port) { inbound, outbound in
                // Everything in one segment, the first frames right behind the handshake.
                try await outbound.write(
                    joined([
                        RawClient.handshake(), FrameBytes.text("Hel", isFinal: false),
                        FrameBytes.client(.ping, [1, 2]), FrameBytes.client(.continuation, Array("lo".utf8)),
                    ]))
                let pong = FrameBytes.server(.pong, [1, 2])
                let hello = FrameBytes.server(.text, Array("Hello".utf8))
                let bytes = try await inbound.read {
                    $0.readableBytesView.suffix(7).elementsEqual(hello.readableBytesView)
                }
                let head = String(buffer: bytes)
                #expect(head.hasPrefix("HTTP/1.1 101 "))
                #expect(head.lowercased().contains("sec-websocket-accept: s3ppl"))
                #expect(
                    bytes.readableBytesView.suffix(11).elementsEqual(joined([pong, hello]).readableBytesView))
            }
        }
    }

    @Test func subprotocolIsAgreedOn() async throws {
        try await Loopback.serving(Self.echo) { server in
            for (offered, chosen) in [(["x", "ag-ui.v1.json"], "ag-ui.v1.json"), (["x"], nil), ([], nil)] {
                let client = try await server.connect(subprotocols: offered)
                #expect(client.subprotocol == chosen)
                client.close()
                _ = await client.closed
            }
        }
    }

    @Test(arguments: [1000, 1001, 3000, 4999]) func clientsCloseReachesTheServer(_ number: Int) async throws {
        let (route, closures) = reporting { connection in
            for await _ in connection.messages {}
        }
        let code = try #require(WebSocketCloseCode(number))
        try await Loopback.serving(route) { server in
            let client = try await server.connect()
            client.close(code: code, reason: "auf 作者")
            for await closure in closures {
                #expect(closure == WebSocketClosure(code: code, reason: "auf 作者", cause: .closedByPeer))
                break
            }
            #expect(await client.closed.code == code)
            #expect(throws: WebSocketError.closed) { try client.send("late") }
        }
    }

    @Test func serversCloseReachesTheClientAfterItsLastMessage() async throws {
        let (route, closures) = reporting { connection in
            try? connection.send("last")
            connection.close(code: .serviceRestart, reason: "again soon")
        }
        try await Loopback.serving(route) { server in
            let client = try await server.connect()
            var iterator = client.messages.makeAsyncIterator()
            #expect(await iterator.next() == .text("last"))
            #expect(await iterator.next() == nil)
            #expect(
                await client.closed
                    == WebSocketClosure(code: .serviceRestart, reason: "again soon", cause: .closedByPeer))
            for await closure in closures {
                #expect(closure.cause == .closedHere && closure.code == .serviceRestart)
                break
            }
            try await client.channel.closeFuture.get()
        }
    }

    @Test func vanishedClientIsNoticed() async throws {
        let (route, closures) = reporting { connection in
            for await _ in connection.messages {}
        }
        try await Loopback.serving(route) { server in
            let client = try await server.connect()
            client.abort()
            #expect(await client.closed.code == .abnormal)
            for await closure in closures {
                #expect(closure == WebSocketClosure(code: .abnormal, reason: "", cause: .vanished))
                break
            }
        }
    }

    @Test func clientThatDoesNotReadIsClosedForOverflow() async throws {
        let (route, closures) = reporting(WebSocketConfiguration(closeTimeout: .milliseconds(50))) {
            connection in
            let piece = [UInt8](repeating: 1, count: 100_000)
            do throws(WebSocketError) {
                while true {
                    try connection.send(piece)
                    await Task.yield()
                }
            } catch {
                guard case .overflow = error else {
                    Issue.record("\(error)")
                    return
                }
            }
        }
        try await Loopback.serving(route) { server in
            try await RawClient.connected(to: server.port) { _, outbound in
                try await outbound.write(RawClient.handshake())
                for await closure in closures {
                    guard case .overflow(let discardedBytes) = closure.cause else {
                        Issue.record("\(closure)")
                        break
                    }
                    #expect(discardedBytes <= 1 << 20)
                    #expect(closure.code == .tryAgainLater)
                    break
                }
            }
        }
    }

    @Test func slowReaderHoldsTheSenderBack() async throws {
        // The server reads nothing: after its bound and the socket's, the client's queue is full.
        // The client's end stands behind unread bytes, so that only a ping finds it out.
        let keepAlive = WebSocketConfiguration(keepAliveInterval: .milliseconds(500))
        let (route, closures) = reporting(keepAlive) { connection in
            _ = await connection.closed
        }
        try await Loopback.serving(route) { server in
            let client = try await server.connect(configuration: .init(closeTimeout: .milliseconds(50)))
            #expect(throws: WebSocketError.self) {
                while true { try client.send([UInt8](repeating: 1, count: 100_000)) }
            }
            guard case .overflow = await client.closed.cause else {
                Issue.record("no overflow")
                return
            }
            for await closure in closures {
                #expect(closure.code == .tryAgainLater || closure.code == .abnormal)
                break
            }
        }
    }

    @Test func violationIsToldOnTheWire() async throws {
        try await Loopback.serving(Self.echo) { server in
            try await RawClient.connected(to: server.port) { inbound, outbound in
                try await outbound.write(RawClient.handshake())
                _ = try await inbound.readHead()
                try await outbound.write(FrameBytes.client(.text, [0xED, 0xA0, 0x80]))
                let bytes = try await inbound.read { _ in false }
                #expect(bytes.getInteger(at: 2) == UInt16(1007))
            }
        }
    }

    @Test(arguments: [
        (RawClient.handshake(version: "8"), "426", "sec-websocket-version: 13"),
        (RawClient.handshake(extra: "Sec-WebSocket-Key: x\r\n"), "400", "connection: close"),
        (RawClient.handshake(extra: "Content-Length: 5\r\n"), "400", "connection: close"),
        (ByteBuffer(string: "this is not http\r\n\r\n"), "400", "connection: close"),
    ]) func badHandshakeIsAnswered(_ request: ByteBuffer, _ status: String, _ header: String) async throws {
        try await Loopback.serving(Self.echo) { server in
            try await RawClient.connected(to: server.port) { inbound, outbound in
                try await outbound.write(request)
                let answer = String(buffer: try await inbound.read { _ in false })
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
                #expect(answer.lowercased().contains(header))
            }
        }
    }

    @Test func serverThatIsNotThereIsUnreachable() async throws {
        let closed = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = closed.localAddress?.port ?? 0
        try await closed.close()
        do throws(WebSocketError) {
            _ = try await Loopback(port: port).connect()
            Issue.record("connected")
        } catch {
            guard case .unreachable(let reason) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(reason.contains("refused"))
        }
    }

    @Test func serverThatSaysNothingTimesOut() async throws {
        let silent = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        await #expect(throws: WebSocketError.timedOut) {
            _ = try await Loopback(port: silent.localAddress?.port ?? 0)
                .connect(configuration: .init(handshakeTimeout: .milliseconds(50)))
        }
        try await silent.close()
    }
}
