/// Which end of the connection this is: it decides who masks (RFC 6455 5.1).
public enum WebSocketRole: Sendable, Equatable {
    /// The end that connected: masks what it sends, refuses masked frames.
    case client
    /// The end that was connected to: never masks, refuses frames without a mask.
    case server
}
