import NIOCore

/// What a close frame says: a code and a reason, or nothing (RFC 6455 5.5.1).
struct ClosePayload: Sendable, Equatable {
    /// `noStatus` stands for an empty frame.
    var code: WebSocketCloseCode
    var reason: String

    /// The most bytes a reason may have: 125 of a control frame less two for the code.
    static let longestReason = 123

    /// A payload that may be sent: a long reason is cut between two characters.
    init(code: WebSocketCloseCode, reason: String) {
        self.code = code
        var end = reason.startIndex
        var bytes = 0
        while end < reason.endIndex {
            bytes += reason[end].utf8.count
            guard bytes <= Self.longestReason else { break }
            end = reason.index(after: end)
        }
        self.reason = String(reason[..<end])
    }

    /// Reads and checks what a peer sent.
    ///
    /// - Throws: For one byte alone, a code that may not be sent, and a reason that is not UTF-8.
    init(reading payload: ByteBuffer) throws(ProtocolViolation) {
        var payload = payload
        guard payload.readableBytes > 0 else {
            code = .noStatus
            reason = ""
            return
        }
        guard let number = payload.readInteger(as: UInt16.self) else { throw .truncatedCloseCode }
        guard let code = WebSocketCloseCode(Int(number)) else { throw .invalidCloseCode(number) }
        var validator = UTF8Validator()
        guard payload.withUnsafeReadableBytes({ validator.accepts($0) }), validator.isComplete else {
            throw .invalidCloseReason
        }
        self.code = code
        reason = String(buffer: payload)
    }

    /// The bytes of the frame's payload: none when the code may not be sent.
    var bytes: ByteBuffer {
        var buffer = ByteBuffer()
        guard code.isSendable else { return buffer }
        buffer.writeInteger(code.number)
        buffer.writeString(reason)
        return buffer
    }
}
