import NIOCore
import NIOHTTP1
import NIOPosix

@testable import WebSocketTransport

/// A server of nothing but WebSockets on a free port of 127.0.0.1, for one test.
struct Loopback {
    let port: Int

    /// Serves while `test` runs, then closes; every other request is answered with 404.
    static func serving(
        _ route: WebSocketRoute, test: (Loopback) async throws -> Void
    ) async throws {
        let upgrade = WebSocketServerUpgrade { _ in route }
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try upgrade.configure(channel) { channel in
                        channel.close().map { () in }
                    }
                }
            }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await withThrowingDiscardingTaskGroup { connections in
                    try await server.executeThenClose { inbound in
                        for try await outcome in inbound {
                            connections.addTask {
                                guard
                                    case .webSocket(let connection, let head, let route) =
                                        try? await outcome.get()
                                else { return }
                                await route.body(connection, head)
                                connection.close()
                                _ = await connection.closed
                            }
                        }
                    }
                }
            }
            let result: Result<Void, any Error>
            do {
                try await test(Loopback(port: server.channel.localAddress?.port ?? 0))
                result = .success(())
            } catch {
                result = .failure(error)
            }
            group.cancelAll()
            while let ended = await group.nextResult() { _ = ended }
            try result.get()
        }
    }

    /// A client of our own.
    func connect(
        path: String = "/", subprotocols: [String] = [],
        configuration: WebSocketConfiguration = WebSocketConfiguration()
    ) async throws(WebSocketError) -> WebSocketConnection {
        try await WebSocketClient.connect(
            host: "127.0.0.1", port: port, path: path, subprotocols: subprotocols,
            configuration: configuration, eventLoopGroup: .singletonMultiThreadedEventLoopGroup)
    }
}

/// A TCP client that knows no WebSocket: it sends and receives bytes as the test says.
struct RawClient {
    let inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>

    /// Connects and runs `body`, then closes TCP without a word.
    static func connected(
        to port: Int,
        body: (
            inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
            NIOAsyncChannelOutboundWriter<ByteBuffer>
        ) async throws -> Void
    ) async throws {
        let client = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        try await client.executeThenClose { inbound, outbound in
            var iterator = inbound.makeAsyncIterator()
            try await body(&iterator, outbound)
        }
    }

    /// A good handshake, with the lines that differ.
    static func handshake(path: String = "/", version: String = "13", extra: String = "") -> ByteBuffer {
        ByteBuffer(
            string: "GET \(path) HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: \(version)\r\n"
                + extra + "\r\n")
    }
}

extension NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator {
    /// Reads until `isEnough`, or until the end.
    mutating func read(until isEnough: (ByteBuffer) -> Bool) async throws -> ByteBuffer {
        var all = ByteBuffer()
        while !isEnough(all), let bytes = try await next() { all.writeImmutableBuffer(bytes) }
        return all
    }

    /// Reads a response's head, and what came with it.
    mutating func readHead() async throws -> String {
        String(buffer: try await read { String(buffer: $0).contains("\r\n\r\n") })
    }
}
