import ContextMonitor
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
    private let connections: ConnectionTable
    private let times: ConnectionTimes
    private let decide: Decision

    /// - Parameters:
    ///   - responder: The router, from `HTTPServerBuilder`.
    ///   - openWebSockets: Holds every WebSocket until it has ended.
    ///   - connections: Gives each connection a place, or refuses it.
    ///   - times: How long HTTP may be silent. A WebSocket has its keepalive instead.
    ///   - decide: Gives the route of an upgrade, `nil` to let the router answer; must not block.
    init(
        responder: @escaping HTTPChannelHandler.Responder, openWebSockets: OpenWebSockets,
        connections: ConnectionTable, times: ConnectionTimes = ConnectionTimes(),
        decide: @escaping Decision
    ) {
        self.responder = responder
        self.openWebSockets = openWebSockets
        self.connections = connections
        self.times = times
        self.decide = decide
    }

    /// Puts HTTP on a new connection; what it becomes is known with its first request.
    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let peer = channel.remoteAddress?.ipAddress
        var watch = ConnectionWatch()
        watch.times = times
        switch connections.admit(channel, from: peer) {
        case .all(let id): watch.noteIdle = { [connections] in connections.note(id, isWaiting: $0) }
        case .operatorsOnly(let id):
            watch.noteIdle = { [connections] in connections.note(id, isWaiting: $0) }
            watch.refusal = Self.refusalOfUsers
        case .nothing(let words): return refuse(channel, words)
        }
        let upgrade = WebSocketServerUpgrade(watch: watch) { [decide] in decide($0, peer) }
        return channel.eventLoop.makeCompletedFuture {
            let outcome = try upgrade.configure(channel) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
                    try pipeline.addHandler(
                        HTTPConnectionStateHandler(idleTimeout: nil, logger: logger))
                    return try HTTPChannel(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
            return Value(channel: channel, outcome: outcome)
        }
    }

    /// The words for a request that must wait until a place is free; nil for operators' routes and probes.
    @Sendable private static func refusalOfUsers(_ head: HTTPRequestHead) -> String? {
        let path = head.uri.prefix { $0 != "?" }
        let isForOperators =
            ["/health", "/metrics", "/livez", "/readyz"].contains { path == $0 }
            || path.hasPrefix(ContextMonitor.root + "/") || path.hasPrefix("/readyz/")
        return isForOperators ? nil : "the server has as many connections as it serves; try again"
    }

    /// Answers a connection that has no place before it has asked anything, and closes it.
    private func refuse(_ channel: any Channel, _ words: String) -> EventLoopFuture<Value> {
        let text =
            "HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 1\r\n"
            + "content-type: text/plain; charset=utf-8\r\ncontent-length: \(words.utf8.count + 1)\r\n\r\n"
            + words + "\n"
        channel.writeAndFlush(ByteBuffer(string: text)).whenComplete { _ in channel.close(promise: nil) }
        let outcome: EventLoopFuture<WebSocketServerUpgrade.Outcome<HTTPChannel>> =
            channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
        return channel.eventLoop.makeSucceededFuture(Value(channel: channel, outcome: outcome))
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
