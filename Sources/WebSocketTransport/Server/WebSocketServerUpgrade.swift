import NIOCore
import NIOHTTP1

/// HTTP/1.1 on a server's channel, whose first request may turn it into a WebSocket.
public struct WebSocketServerUpgrade: Sendable {
    /// What a connection became.
    public enum Outcome<HTTP: Sendable>: Sendable {
        /// A WebSocket, by this request and this route.
        case webSocket(WebSocketConnection, HTTPRequestHead, WebSocketRoute)
        /// Ordinary HTTP, the refused upgrades among it.
        case http(HTTP)
    }

    /// Decides about a request that asks for a WebSocket; `nil` leaves it to HTTP.
    ///
    /// Called once for a connection at most, on its event loop: it must not block.
    public typealias Decision = @Sendable (HTTPRequestHead) -> WebSocketRoute?

    private let decide: Decision
    private let watch: ConnectionWatch

    /// - Parameter watch: How long the peer is waited for, and which requests are refused.
    public init(watch: ConnectionWatch = ConnectionWatch(), decide: @escaping Decision) {
        self.decide = decide
        self.watch = watch
    }

    /// Puts HTTP on an empty pipeline; must be called on the channel's event loop.
    ///
    /// - Parameter http: Adds the handlers that take `HTTPServerRequestPart`, when
    ///   the first request is not upgraded; that request is then replayed to them.
    /// - Returns: What the connection became; fails when it ended before that was known.
    /// - Throws: What NIO throws when the channel is closed already.
    public func configure<HTTP: Sendable>(
        _ channel: any Channel, http: @escaping @Sendable (any Channel) -> EventLoopFuture<HTTP>
    ) throws -> EventLoopFuture<Outcome<HTTP>> {
        let accepted = NIOLoopBoundBox<AcceptedUpgrade?>(nil, eventLoop: channel.eventLoop)
        let encoder = HTTPResponseEncoder()
        let decoder = ByteToMessageHandler(
            HTTPRequestDecoder(
                leftOverBytesStrategy: .forwardBytes, informationalResponseStrategy: .drop,
                limitConfiguration: RequestRules.limits))
        let deadlines = RequestDeadlines<HTTPServerRequestPart, HTTPServerResponsePart>(
            watch.times, noteIdle: watch.noteIdle)
        let rules = RequestRules(refusal: watch.refusal)
        let upgrade = NIOTypedHTTPServerUpgradeHandler<Outcome<HTTP>>(
            httpEncoder: encoder,
            // The decoder comes last: what it has left are the WebSocket's bytes, which the rules do not read.
            extraHTTPHandlers: [rules, deadlines, decoder],
            upgradeConfiguration: NIOTypedHTTPServerUpgradeConfiguration(
                upgraders: [WebSocketUpgrader<HTTP>(accepted: accepted)],
                notUpgradingCompletionHandler: { channel in http(channel).map { .http($0) } }))
        let gate = UpgradeGate(accepted: accepted, decide: decide)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(encoder)
        try pipeline.addHandler(decoder)
        try pipeline.addHandler(deadlines)
        try pipeline.addHandler(rules)
        try pipeline.addHandler(gate)
        try pipeline.addHandler(upgrade)
        return upgrade.upgradeResultFuture
    }
}
