import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import WireProtocol

/// Listens for a receiver: tells the outlet when it does, and tries again while the port is taken.
struct ReceiverServer: Sendable {
    let address: ListenAddress
    let outlet: MessageOutlet
    /// Called on the connection's event loop for each connection that does not speak HTTP/1.1.
    var foreign: @Sendable (ForeignConnection) -> Void = { _ in }

    /// Serves until the task is cancelled.
    func run(_ respond: @escaping HTTPChannelHandler.Responder) async {
        var backoff = Backoff()
        while !Task.isCancelled {
            let server = Server(
                childChannelSetup: HTTP1Channel(
                    responder: respond,
                    configuration: .init(additionalChannelHandlers: [ForeignConnectionReport(foreign)])),
                configuration: .init(address: .hostname(address.host, port: address.port)),
                onServerRunning: { channel in
                    let port = channel.localAddress?.port ?? address.port
                    let real = ListenAddress(host: address.host, port: port)
                    outlet.send(.link(.connected, reason: "listening at http://\(real)", retryIn: nil))
                }, eventLoopGroup: .singletonMultiThreadedEventLoopGroup,
                logger: Logger(label: "receiver") { _ in SwiftLogNoOpLogHandler() })
            var reason = "the server stopped"
            do { try await server.run() } catch { reason = "\(error)" }
            if Task.isCancelled { return }
            let wait = backoff.next(1)
            let words = "cannot listen on \(address): \(reason)"
            outlet.send(.link(.lost, reason: words, retryIn: wait))
            try? await Task.sleep(for: wait)
        }
    }
}
