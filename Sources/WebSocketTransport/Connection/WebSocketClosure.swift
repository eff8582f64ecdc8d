/// How a connection ended.
public struct WebSocketClosure: Sendable, Equatable {
    /// What brought the end about.
    public enum Cause: Sendable, Equatable {
        /// The peer sent the first close frame.
        case closedByPeer
        /// This end sent the first close frame.
        case closedHere
        /// The peer broke RFC 6455 and was told so.
        case violation(ProtocolViolation)
        /// The peer did not read and the outbound queue ran over; bytes that were never sent.
        case overflow(discardedBytes: Int)
        /// Nothing was heard for two keepalive intervals.
        case silence
        /// The transport ended without a close frame.
        case vanished
    }

    /// The peer's code; without one, the code this end failed the connection with; else 1005 or 1006.
    public var code: WebSocketCloseCode
    /// The reason that came with the code, at most 123 bytes; empty when there was none.
    public var reason: String
    /// Who ended it.
    public var cause: Cause

    /// The end of a connection.
    public init(code: WebSocketCloseCode, reason: String, cause: Cause) {
        self.code = code
        self.reason = reason
        self.cause = cause
    }
}
