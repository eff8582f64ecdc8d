/// What can go wrong when a WebSocket is opened or written to.
public enum WebSocketError: Error, Sendable, Equatable {
    /// The connection is closed or closing; nothing was sent.
    case closed
    /// The peer does not read: this message did not fit, and the connection is closed with 1013.
    case overflow(queuedBytes: Int)
    /// The TCP connection could not be made, or broke before the handshake ended.
    case unreachable(String)
    /// No answer to the handshake within the configured time.
    case timedOut
    /// The server answered something else than 101, with the first bytes of its body.
    case refused(status: Int, body: String)
    /// The server's 101 does not satisfy RFC 6455 4.1.
    case invalidHandshake(HandshakeFault)
    /// The host, path or a header cannot be written into an HTTP request.
    case invalidRequest(String)
}

/// What is wrong with a server's 101 answer (RFC 6455 4.1, the client's checks).
public enum HandshakeFault: Error, Sendable, Equatable {
    /// `Upgrade` is not `websocket`.
    case missingUpgrade
    /// `Connection` does not name `Upgrade`.
    case missingConnection
    /// `Sec-WebSocket-Accept` is missing or not the hash of the key.
    case wrongAccept
    /// An extension, although none was offered.
    case unofferedExtension(String)
    /// A subprotocol that was not offered.
    case unofferedSubprotocol(String)
}
