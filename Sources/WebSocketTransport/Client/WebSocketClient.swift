import NIOCore
import NIOHTTP1
import NIOPosix

/// Opens WebSockets over plain TCP.
public enum WebSocketClient {
    /// Connects, shakes hands and gives the open connection (RFC 6455 4.1).
    ///
    /// - Parameters:
    ///   - host: A name or an address; it is also the `Host` header.
    ///   - path: The request target, with its query; begins with a slash.
    ///   - headers: Further request headers: authorization, origin.
    ///   - subprotocols: What the client speaks, the preferred one first.
    /// - Throws: `unreachable`, `timedOut`, `refused` with the status of an answer that
    ///   is not 101, `invalidHandshake` or `invalidRequest`.
    public static func connect(
        host: String, port: Int, path: String, headers: [(name: String, value: String)] = [],
        subprotocols: [String] = [], configuration: WebSocketConfiguration = WebSocketConfiguration(),
        eventLoopGroup: any EventLoopGroup
    ) async throws(WebSocketError) -> WebSocketConnection {
        var generator = SystemRandomNumberGenerator()
        let handshake = ClientHandshake(key: AcceptKey.fresh(using: &generator), subprotocols: subprotocols)
        let request = try handshake.request(host: host, port: port, path: path, headers: headers)
        let loop = eventLoopGroup.next()
        let opened = loop.makePromise(of: WebSocketConnection.self)
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(configuration.handshakeTimeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let http = ClientHandshakeHandler.HTTPHandlers()
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandlers(http.encoder, http.decoder)
                    try pipeline.addHandler(
                        ClientHandshakeHandler(
                            handshake: handshake, request: request, http: http,
                            configuration: configuration, opened: opened))
                }
            }
        do {
            bootstrap.connect(host: host, port: port).whenFailure { opened.fail($0) }
            return try await opened.futureResult.get()
        } catch let error as WebSocketError {
            throw error
        } catch let error as ChannelError where error.isConnectTimeout {
            throw .timedOut
        } catch {
            throw .unreachable("\(error)")
        }
    }
}

extension ChannelError {
    fileprivate var isConnectTimeout: Bool {
        if case .connectTimeout = self { true } else { false }
    }
}
