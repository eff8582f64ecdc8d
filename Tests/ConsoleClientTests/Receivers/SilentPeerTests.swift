import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOPosix
import Testing
import WebSocketTransport
import WireProtocol

@testable import ConsoleClient

/// Peers of a receiver that send nothing, or stop in a request.
@Suite(.timeLimit(.minutes(5))) struct SilentPeerTests {
    @Test(arguments: ["", "POST /v1/traces HT", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n{"])
    func aSilentPeerLosesItsConnection(_ bytes: String) async throws {
        let outlet = MessageOutlet()
        var times = ConnectionTimes()
        (times.head, times.keepAlive, times.bodyPart) = (
            .milliseconds(200), .milliseconds(200), .milliseconds(200)
        )
        let server = ReceiverServer(
            kind: .http, address: ListenAddress(host: "127.0.0.1", port: 0),
            listeners: ReceiverListeners([.http], outlet), times: times)
        let running = Task {
            await server.runHTTP(foreign: { _ in }) { request, writer, _ in
                _ = try? await request.body.collect(upTo: 100)
                try await writer.writeHead(HTTPResponse(status: .ok)).finish(nil)
            }
        }
        var port: Int?
        for await message in outlet.messages {
            guard case .link(.connected, let reason?, _) = message else { continue }
            port = reason.split(separator: ":").last.flatMap { Int($0) }
            break
        }
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: try #require(port)).get()
        try await channel.writeAndFlush(ByteBuffer(string: bytes))
        try await channel.closeFuture.get()
        running.cancel()
        await running.value
    }
}
