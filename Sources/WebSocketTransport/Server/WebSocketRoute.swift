import NIOHTTP1

/// What a server does with an upgrade it accepts.
public struct WebSocketRoute: Sendable {
    /// What is done with a connection; it is closed with 1000 when this returns.
    public typealias Body = @Sendable (WebSocketConnection, HTTPRequestHead) async -> Void

    /// The subprotocols the server speaks, the preferred one first.
    ///
    /// The first one the client offers too is chosen; without a common one the
    /// connection opens without a subprotocol, and the client decides (RFC 6455 4.2.2).
    public var subprotocols: [String]
    /// The limits and times of the connection.
    public var configuration: WebSocketConfiguration
    /// What is done with the connection.
    public var body: Body

    /// A route; the body is called once for every connection.
    public init(
        subprotocols: [String] = [], configuration: WebSocketConfiguration = WebSocketConfiguration(),
        body: @escaping Body
    ) {
        self.subprotocols = subprotocols
        self.configuration = configuration
        self.body = body
    }
}
