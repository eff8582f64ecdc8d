/// What a peer did against RFC 6455; every case fails the connection (7.1.7).
public enum ProtocolViolation: Error, Sendable, Equatable {
    /// RSV1, RSV2 or RSV3 is set although no extension was negotiated (5.2).
    case reservedBits
    /// An opcode the RFC does not define (5.2).
    case reservedOpcode(UInt8)
    /// A control frame without the final bit (5.5).
    case fragmentedControlFrame
    /// A control frame with more than 125 bytes (5.5).
    case oversizedControlFrame
    /// A continuation frame although no message is open (5.4).
    case continuationWithoutMessage
    /// A new message although the last one is still open (5.4).
    case messageInsideMessage
    /// A client's frame without a mask, which a server must refuse (5.1).
    case unmaskedFrame
    /// A server's frame with a mask, which a client must refuse (5.1).
    case maskedFrame
    /// A 64-bit length with its most significant bit set (5.2).
    case lengthOutOfRange
    /// A text that is not UTF-8, found at its first wrong byte (8.1).
    case invalidText
    /// A message that is larger than the limit, in bytes.
    case messageTooBig(limit: Int)
    /// A close frame with a single byte (5.5.1).
    case truncatedCloseCode
    /// A close code that may not stand in a close frame (7.4).
    case invalidCloseCode(UInt16)
    /// A close reason that is not UTF-8 (5.5.1).
    case invalidCloseReason

    /// The code the connection is failed with.
    public var closeCode: WebSocketCloseCode {
        switch self {
        case .invalidText, .invalidCloseReason: .invalidText
        case .messageTooBig: .messageTooBig
        case .reservedBits, .reservedOpcode, .fragmentedControlFrame, .oversizedControlFrame,
            .continuationWithoutMessage, .messageInsideMessage, .unmaskedFrame, .maskedFrame,
            .lengthOutOfRange, .truncatedCloseCode, .invalidCloseCode:
            .protocolError
        }
    }

    /// The reason that goes into the close frame, so that the peer's author can find the fault.
    var closeReason: String {
        switch self {
        case .reservedBits: "reserved bit set without an extension"
        case .reservedOpcode(let opcode): "reserved opcode \(opcode)"
        case .fragmentedControlFrame: "fragmented control frame"
        case .oversizedControlFrame: "control frame over 125 bytes"
        case .continuationWithoutMessage: "continuation without a message"
        case .messageInsideMessage: "new message inside a fragmented one"
        case .unmaskedFrame: "client frame without a mask"
        case .maskedFrame: "server frame with a mask"
        case .lengthOutOfRange: "frame length over 63 bits"
        case .invalidText: "text is not UTF-8"
        case .messageTooBig(let limit): "message over \(limit) bytes"
        case .truncatedCloseCode: "close frame of one byte"
        case .invalidCloseCode(let code): "close code \(code) is not allowed"
        case .invalidCloseReason: "close reason is not UTF-8"
        }
    }
}
