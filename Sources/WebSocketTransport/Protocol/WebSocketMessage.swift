/// One whole message, put together from all its fragments (RFC 6455 5.4).
public enum WebSocketMessage: Sendable, Equatable {
    /// Text; what arrives has been checked to be UTF-8.
    case text(String)
    /// Bytes without a meaning of their own.
    case binary([UInt8])
}
