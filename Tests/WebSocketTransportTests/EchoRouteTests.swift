import Backend
import Logging
import NIOPosix
import ServiceLifecycle
import Testing

@testable import WebSocketTransport

/// `/v1/echo` of a real backend, which the Autobahn suite is run against.
@Suite struct EchoRouteTests {
    private static let client = WebSocketConfiguration(
        maximumMessageBytes: 16 << 20, maximumQueuedBytes: 17 << 20)

    /// Runs `body` with the port of a backend that offers, or does not offer, the route.
    private func serving(_ offersEcho: Bool, _ body: (Int) async throws -> Void) async throws {
        var configuration = BackendConfiguration()
        configuration.port = 0
        configuration.offersEcho = offersEcho
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let server = BackendServer(configuration, logger: logger)
        let group = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = try #require(await server.port())
            let result: Result<Void, any Error>
            do { result = .success(try await body(port)) } catch { result = .failure(error) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try result.get()
        }
    }

    private func connect(_ port: Int) async throws(WebSocketError) -> WebSocketConnection {
        try await WebSocketClient.connect(
            host: "127.0.0.1", port: port, path: "/v1/echo", configuration: Self.client,
            eventLoopGroup: .singletonMultiThreadedEventLoopGroup)
    }

    /// Autobahn 9.1.6 and 9.2.6 send 16 MiB; a default limit of 1 MiB failed them and 22 more.
    @Test(arguments: [16 << 20]) func theLargestMessageOfTheSuiteComesBack(_ size: Int) async throws {
        try await serving(true) { port in
            let connection = try await connect(port)
            let sent = [WebSocketMessage.text(String(repeating: "*", count: size)), .binary([0xFE, 0xFF])]
            for message in sent { try connection.send(message) }
            var received: [WebSocketMessage] = []
            for await message in connection.messages {
                received.append(message)
                if received.count == sent.count { break }
            }
            #expect(received == sent)
            connection.close()
            #expect(await connection.closed.code == .normal)
        }
    }

    @Test func aMessageOverTheLimitIsRefusedWith1009() async throws {
        try await serving(true) { port in
            let connection = try await connect(port)
            try connection.send(String(repeating: "*", count: (16 << 20) + 1))
            for await _ in connection.messages { Issue.record("nothing should come back") }
            #expect(await connection.closed.code == .messageTooBig)
        }
    }

    @Test func theRouteIsThereOnlyWhenAskedFor() async throws {
        try await serving(false) { port in
            await #expect(throws: WebSocketError.self) { try await connect(port) }
        }
    }
}
