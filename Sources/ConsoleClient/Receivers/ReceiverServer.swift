import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import WebSocketTransport
import WireProtocol

/// Serves one port of a receiver, and tries again while the port is taken.
struct ReceiverServer: Sendable {
    let kind: ListenerKind
    let address: ListenAddress
    let listeners: ReceiverListeners
    /// How long HTTP waits for its peers.
    var times = ConnectionTimes()

    /// Runs `serve` until the task is cancelled; it returns or throws when its listener is closed, and calls its
    /// argument when it listens.
    func run(_ serve: (_ isListening: @escaping @Sendable (any Channel) -> Void) async throws -> Void) async {
        var backoff = Backoff()
        while !Task.isCancelled {
            var reason: any Error = ListenerStopped()
            do {
                try await serve { channel in
                    let port = channel.localAddress?.port ?? address.port
                    listeners.open(kind, at: ListenAddress(host: address.host, port: port))
                }
            } catch { reason = error }
            if Task.isCancelled { return }
            let wait = backoff.next(1)
            listeners.fail(kind, address, reason, retryIn: wait)
            try? await Task.sleep(for: wait)
        }
    }

    /// Serves HTTP/1.1 until the task is cancelled.
    ///
    /// - Parameter foreign: called on the connection's event loop for each connection that does not speak it.
    func runHTTP(
        foreign: @escaping @Sendable (ForeignConnection) -> Void,
        _ respond: @escaping HTTPChannelHandler.Responder
    ) async {
        await run { isListening in
            let server = Server(
                childChannelSetup: HTTP1Channel(
                    responder: respond,
                    configuration: .watched(times, [ForeignConnectionReport(foreign)])),
                configuration: .init(address: .hostname(address.host, port: address.port)),
                onServerRunning: { isListening($0) }, eventLoopGroup: .singletonMultiThreadedEventLoopGroup,
                logger: Logger(label: "receiver") { _ in SwiftLogNoOpLogHandler() })
            try await server.run()
        }
    }
}

/// A listener ended without an error of its own.
private struct ListenerStopped: Error, CustomStringConvertible {
    var description: String { "the server stopped" }
}
