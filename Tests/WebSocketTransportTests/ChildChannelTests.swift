import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle
import Testing

@testable import Backend
@testable import WebSocketTransport

@Suite(.timeLimit(.minutes(5))) struct ChildChannelTests {
    /// The path decides: `/ws` echoes, `/closed` is refused with 401, the rest is for the router.
    private func serving(
        _ test: (Int, OpenWebSockets, ServiceGroup) async throws -> Void
    ) async throws {
        let open = OpenWebSockets()
        let router = Router()
        router.get("/closed") { _, _ in HTTPResponse.Status.unauthorized }
        router.get("/health") { _, _ in "fine" }
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        var logger = Logger(label: "test")
        logger.logLevel = .error
        let app = Application(
            router: router,
            server: HTTPServerBuilder { responder in
                WebSocketChildChannel(
                    responder: responder, openWebSockets: open,
                    connections: ConnectionTable(ConnectionLimits()) { _ in }
                ) { head, _ in
                    guard head.uri.hasPrefix("/ws") else { return nil }
                    return WebSocketRoute(subprotocols: ["ag-ui.v1.json"]) { connection, _ in
                        for await message in connection.messages { try? connection.send(message) }
                    }
                }
            },
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in continuation.yield(channel.localAddress?.port ?? 0) },
            logger: logger)
        let services = ServiceGroup(configuration: .init(services: [app], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            for await port in ports {
                try await test(port, open, services)
                break
            }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }

    @Test func webSocketAndRouterShareAPort() async throws {
        try await serving { port, open, _ in
            let client = try await Loopback(port: port).connect(
                path: "/ws?a=1", subprotocols: ["ag-ui.v1.json"])
            #expect(client.subprotocol == "ag-ui.v1.json")
            try client.send("作者")
            var iterator = client.messages.makeAsyncIterator()
            #expect(await iterator.next() == .text("作者"))
            #expect(open.count == 1)
            try await RawClient.connected(to: port) { inbound, outbound in
                // Two requests on one connection: HTTP's keep-alive works without an upgrade.
                for _ in 0..<2 {
                    try await outbound.write(ByteBuffer(string: "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"))
                    let answer = try await inbound.read { String(buffer: $0).hasSuffix("fine") }
                    #expect(String(buffer: answer).hasPrefix("HTTP/1.1 200 "))
                }
            }
            client.close()
            _ = await client.closed
        }
    }

    @Test(arguments: [("/closed", 401), ("/nowhere", 404)])
    func refusedUpgradeIsAnsweredByTheRouter(_ path: String, _ status: Int) async throws {
        try await serving { port, open, _ in
            await #expect(throws: WebSocketError.refused(status: status, body: "")) {
                _ = try await Loopback(port: port).connect(path: path)
            }
            #expect(open.count == 0)
            try await RawClient.connected(to: port) { inbound, outbound in
                try await outbound.write(RawClient.handshake(path: path))
                let answer = String(buffer: try await inbound.read { _ in false })
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
                #expect(answer.lowercased().contains("connection: close"))
            }
        }
    }

    @Test func drainingServerSaysGoingAway() async throws {
        try await serving { port, open, services in
            let client = try await Loopback(port: port).connect(path: "/ws")
            try client.send("open")
            var iterator = client.messages.makeAsyncIterator()
            #expect(await iterator.next() == .text("open"))
            await services.triggerGracefulShutdown()
            #expect(await client.closed.code == .goingAway)
        }
    }

    @Test func everyWebSocketIsClosedWithAChosenCode() async throws {
        try await serving { port, open, _ in
            let clients = [
                try await Loopback(port: port).connect(path: "/ws"),
                try await Loopback(port: port).connect(path: "/ws"),
            ]
            for client in clients {
                try client.send("open")
                var iterator = client.messages.makeAsyncIterator()
                #expect(await iterator.next() == .text("open"))
            }
            #expect(open.count == 2)
            open.closeAll(code: .serviceRestart, reason: "new version")
            for client in clients {
                #expect(
                    await client.closed
                        == WebSocketClosure(
                            code: .serviceRestart, reason: "new version", cause: .closedByPeer))
            }
        }
    }

    @Test func connectionWithoutARequestDoesNotHoldTheServerUp() async throws {
        try await serving { port, _, services in
            try await RawClient.connected(to: port) { inbound, outbound in
                try await outbound.write(ByteBuffer(string: "GET /hea"))
                let client = try await Loopback(port: port).connect(path: "/ws")
                await services.triggerGracefulShutdown()
                #expect(try await inbound.next() == nil)
                #expect(await client.closed.code == .goingAway)
            }
        }
    }
}
