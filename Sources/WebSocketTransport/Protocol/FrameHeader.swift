import NIOCore

/// Everything of a frame but its payload (RFC 6455 5.2), already checked.
struct FrameHeader: Sendable, Equatable {
    var isFinal: Bool
    var opcode: WebSocketOpcode
    /// Payload bytes; the RFC allows 63 bits.
    var length: Int
    /// `nil` when the payload is not masked.
    var maskingKey: MaskingKey?

    /// The largest payload of a control frame, in bytes (RFC 6455 5.5).
    static let longestControlPayload = 125

    /// Takes one header from `buffer`; takes nothing and gives `nil` when it is not whole yet.
    ///
    /// What can be judged is judged at once: a reserved bit fails a connection
    /// although only one byte of the frame has arrived.
    /// - Parameters:
    ///   - role: This end's role; a server wants a mask, a client refuses one.
    ///   - isInsideMessage: Whether a fragmented message waits for its continuation.
    static func read(
        from buffer: inout ByteBuffer, role: WebSocketRole, isInsideMessage: Bool
    ) throws(ProtocolViolation) -> FrameHeader? {
        let start = buffer.readerIndex
        guard let first = buffer.getInteger(at: start, as: UInt8.self) else { return nil }
        let opcode = try checkedOpcode(first, isInsideMessage: isInsideMessage)
        guard let second = buffer.getInteger(at: start + 1, as: UInt8.self) else { return nil }
        let isMasked = try checkedMask(second, role: role)
        let shortLength = Int(second & 0x7F)
        guard !opcode.isControl || shortLength <= longestControlPayload else {
            throw .oversizedControlFrame
        }
        var position = start + 2
        guard let length = try length(shortLength, in: buffer, at: &position) else { return nil }
        var key: MaskingKey?
        if isMasked {
            guard let bits = buffer.getInteger(at: position, as: UInt32.self) else { return nil }
            key = MaskingKey(bits: bits)
            position += 4
        }
        buffer.moveReaderIndex(to: position)
        return FrameHeader(isFinal: first & 0x80 != 0, opcode: opcode, length: length, maskingKey: key)
    }

    /// Judges the first byte: reserved bits, opcode, fragmentation (RFC 6455 5.2, 5.4, 5.5).
    private static func checkedOpcode(
        _ byte: UInt8, isInsideMessage: Bool
    ) throws(ProtocolViolation) -> WebSocketOpcode {
        guard byte & 0x70 == 0 else { throw .reservedBits }
        guard let opcode = WebSocketOpcode(rawValue: byte & 0x0F) else {
            throw .reservedOpcode(byte & 0x0F)
        }
        switch opcode {
        case .close, .ping, .pong: guard byte & 0x80 != 0 else { throw .fragmentedControlFrame }
        case .continuation: guard isInsideMessage else { throw .continuationWithoutMessage }
        case .text, .binary: guard !isInsideMessage else { throw .messageInsideMessage }
        }
        return opcode
    }

    /// Judges the mask bit of the second byte (RFC 6455 5.1).
    private static func checkedMask(_ byte: UInt8, role: WebSocketRole) throws(ProtocolViolation) -> Bool {
        let isMasked = byte & 0x80 != 0
        switch role {
        case .server: guard isMasked else { throw .unmaskedFrame }
        case .client: guard !isMasked else { throw .maskedFrame }
        }
        return isMasked
    }

    /// The payload length: 7 bits, or 16 bits after 126, or 64 bits after 127; `nil` when cut.
    private static func length(
        _ short: Int, in buffer: ByteBuffer, at position: inout Int
    ) throws(ProtocolViolation) -> Int? {
        switch short {
        case 126:
            guard let length = buffer.getInteger(at: position, as: UInt16.self) else { return nil }
            position += 2
            return Int(length)
        case 127:
            guard let length = buffer.getInteger(at: position, as: UInt64.self) else { return nil }
            guard let length = Int(exactly: length) else { throw .lengthOutOfRange }
            position += 8
            return length
        default: return short
        }
    }
}
