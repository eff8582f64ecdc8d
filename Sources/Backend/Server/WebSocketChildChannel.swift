import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import WebSocketTransport

/// HTTP/1.1 through the router, and WebSockets for the upgrades it accepts, on one port.
///
/// A refused upgrade is an ordinary request for the router, with the connection
/// closed after its answer. For `HTTPServerBuilder`, with TLS around it if wanted.
struct WebSocketChildChannel: HTTPChannelHandler {
    typealias HTTPChannel = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    /// Decides about a request that asks for a WebSocket, knowing the address it came from; nil leaves it to HTTP.
    typealias Decision = @Sendable (HTTPRequestHead, _ peer: String?) -> WebSocketRoute?

    /// A connection whose first request decides what it becomes.
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        fileprivate let outcome: EventLoopFuture<WebSocketServerUpgrade.Outcome<HTTPChannel>>
    }

    let responder: HTTPChannelHandler.Responder
    /// The WebSockets that are open, to count them and to close them with a code of one's own.
    let openWebSockets: OpenWebSockets
    private let idleTimeout: Duration?
    private let decide: Decision

    /// - Parameters:
    ///   - responder: The router, from `HTTPServerBuilder`.
    ///   - openWebSockets: Holds every WebSocket until it has ended.
    ///   - idleTimeout: How long HTTP may be silent, and a connection be without a
    ///     first request; `nil` for ever. A WebSocket has its keepalive instead.
    ///   - decide: Gives the route of an upgrade, `nil` to let the router answer; must not block.
    init(
        responder: @escaping HTTPChannelHandler.Responder, openWebSockets: OpenWebSockets,
        idleTimeout: Duration? = nil, decide: @escaping Decision
    ) {
        self.responder = responder
        self.openWebSockets = openWebSockets
        self.idleTimeout = idleTimeout
        self.decide = decide
    }

    /// Puts HTTP on a new connection; what it becomes is known with its first request.
    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let idleTimeout = idleTimeout
        let peer = channel.remoteAddress?.ipAddress
        let upgrade = WebSocketServerUpgrade(firstRequestTimeout: idleTimeout) { [decide] in decide($0, peer)
        }
        return channel.eventLoop.makeCompletedFuture {
            let outcome = try upgrade.configure(channel) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
                    try pipeline.addHandler(
                        HTTPConnectionStateHandler(idleTimeout: idleTimeout, logger: logger))
                    return try HTTPChannel(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
            return Value(channel: channel, outcome: outcome)
        }
    }

    /// Serves one connection until it has ended, whatever it becomes.
    func handle(value: Value, logger: Logger) async {
        do {
            switch try await outcome(of: value) {
            case .http(let channel): await handleHTTP(asyncChannel: channel, logger: logger)
            case .webSocket(let connection, let head, let route):
                let closure = await openWebSockets.hold(connection) { await route.body($0, head) }
                logger.debug(
                    "WebSocket ended",
                    metadata: [
                        "uri": "\(head.uri)", "code": "\(closure.code.number)", "cause": "\(closure.cause)",
                    ])
                try await value.channel.closeFuture.get()
            }
        } catch {
            logger.trace("Connection ended before its first request: \(error)")
            value.channel.close(promise: nil)
        }
    }

    /// Waits for the first request; a cancelled server does not wait for clients that send none.
    private func outcome(of value: Value) async throws -> WebSocketServerUpgrade.Outcome<HTTPChannel> {
        try await withTaskCancellationHandler {
            try await value.outcome.get()
        } onCancel: {
            value.channel.close(promise: nil)
        }
    }
}
