/// Why a connection ends, as a number (RFC 6455 7.4 and the IANA registry of close codes).
public struct WebSocketCloseCode: Sendable, Hashable {
    /// The number as it stands in a close frame.
    public let number: UInt16

    /// A code that may stand in a close frame; `nil` for every other number.
    ///
    /// 1000 to 1003, 1007 to 1014 and 3000 to 4999: RFC 6455 7.4.1 and 7.4.2
    /// reserve 1004, 1005, 1006 and 1015, and leave 1016 to 2999 undefined.
    public init?(_ number: Int) {
        switch number {
        case 1000...1003, 1007...1014, 3000...4999: self.number = UInt16(number)
        default: return nil
        }
    }

    /// One of the codes below, which need no check.
    private init(known number: UInt16) { self.number = number }

    /// 1000: the purpose of the connection is fulfilled.
    public static let normal = WebSocketCloseCode(known: 1000)
    /// 1001: a server goes down or a page is left.
    public static let goingAway = WebSocketCloseCode(known: 1001)
    /// 1002: the peer broke the protocol.
    public static let protocolError = WebSocketCloseCode(known: 1002)
    /// 1003: the peer sent a kind of message that is not accepted.
    public static let unacceptable = WebSocketCloseCode(known: 1003)
    /// 1005: the close frame held no code. Never sent; stands for an empty close frame.
    public static let noStatus = WebSocketCloseCode(known: 1005)
    /// 1006: no close frame arrived at all. Never sent.
    public static let abnormal = WebSocketCloseCode(known: 1006)
    /// 1007: a text was not UTF-8.
    public static let invalidText = WebSocketCloseCode(known: 1007)
    /// 1008: a rule of the application was broken.
    public static let policyViolation = WebSocketCloseCode(known: 1008)
    /// 1009: a message was larger than accepted.
    public static let messageTooBig = WebSocketCloseCode(known: 1009)
    /// 1011: the server met a condition it did not expect.
    public static let internalError = WebSocketCloseCode(known: 1011)
    /// 1012: the service restarts.
    public static let serviceRestart = WebSocketCloseCode(known: 1012)
    /// 1013: too busy now, try again later.
    public static let tryAgainLater = WebSocketCloseCode(known: 1013)

    /// Whether the code may stand in a close frame; false for 1005 and 1006 alone.
    var isSendable: Bool { self != .noStatus && self != .abnormal }
}
