import NIOHTTP1

/// How a server watches one connection until it is a WebSocket.
public struct ConnectionWatch: Sendable {
    /// How long it waits for the peer.
    public var times = ConnectionTimes()
    /// Called with true when the connection waits for a request, with false when one has come or it is a WebSocket.
    public var noteIdle: @Sendable (Bool) -> Void = { _ in }
    /// The words with which a request is refused with 503, and its connection closed; nil to answer it.
    public var refusal: @Sendable (HTTPRequestHead) -> String? = { _ in nil }

    /// The defaults: every request is answered.
    public init() {}
}
