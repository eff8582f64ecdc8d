import NIOCore

/// What a peer said, once it is whole and checked.
enum ParsedFrame: Sendable, Equatable {
    case message(WebSocketMessage)
    case ping(ByteBuffer)
    case pong
    case close(ClosePayload)
}

/// Turns bytes into messages and control frames, in any cut, and refuses what RFC 6455 forbids.
///
/// Payloads are taken as they arrive, not when their frame is whole: wrong text
/// fails at its first wrong byte (RFC 6455 8.1), and nothing is kept twice.
struct MessageParser: Sendable {
    private let role: WebSocketRole
    private let maximumMessageBytes: Int
    private var frame: FrameHeader?
    /// Payload bytes of `frame` that were taken already.
    private var framePosition = 0
    /// The opcode of the message that waits for its continuation.
    private var openMessage: WebSocketOpcode?
    private var message = ByteBuffer()
    private var control = ByteBuffer()
    private var validator = UTF8Validator()

    /// How much memory an empty message may keep for the next one, in bytes; 10,000 sockets idle.
    private static let keptCapacity = 4 << 10

    /// A parser for one connection, before its first byte.
    init(role: WebSocketRole, maximumMessageBytes: Int) {
        self.role = role
        self.maximumMessageBytes = maximumMessageBytes
    }

    /// Takes bytes until a message or control frame is whole; `nil` when more bytes are needed.
    ///
    /// After a throw the connection is lost and the parser must not be asked again.
    mutating func next(from buffer: inout ByteBuffer) throws(ProtocolViolation) -> ParsedFrame? {
        while true {
            guard let header = try currentHeader(from: &buffer) else { return nil }
            try takePayload(of: header, from: &buffer)
            guard framePosition == header.length else { return nil }
            frame = nil
            if let parsed = try finish(header) { return parsed }
        }
    }

    /// The header of the frame that is being read, checked against the message before it.
    private mutating func currentHeader(
        from buffer: inout ByteBuffer
    ) throws(ProtocolViolation) -> FrameHeader? {
        if let frame { return frame }
        guard
            let header = try FrameHeader.read(
                from: &buffer, role: role, isInsideMessage: openMessage != nil)
        else { return nil }
        if !header.opcode.isControl {
            guard header.length <= maximumMessageBytes - message.readableBytes else {
                throw .messageTooBig(limit: maximumMessageBytes)
            }
            if header.opcode != .continuation { openMessage = header.opcode }
        }
        frame = header
        framePosition = 0
        return header
    }

    /// Takes the payload bytes that are there; text is checked as it comes.
    private mutating func takePayload(
        of header: FrameHeader, from buffer: inout ByteBuffer
    ) throws(ProtocolViolation) {
        let wanted = min(header.length - framePosition, buffer.readableBytes)
        guard wanted > 0, var piece = buffer.readSlice(length: wanted) else { return }
        let position = framePosition
        framePosition += wanted
        if header.opcode.isControl {
            Self.append(&piece, to: &control, unmaskedBy: header.maskingKey, at: position)
            return
        }
        let start = message.readableBytes
        Self.append(&piece, to: &message, unmaskedBy: header.maskingKey, at: position)
        guard openMessage == .text else { return }
        let isText = message.withUnsafeReadableBytes { bytes in
            validator.accepts(UnsafeRawBufferPointer(rebasing: bytes[start...]))
        }
        guard isText else { throw .invalidText }
    }

    /// Moves a piece of payload behind another and takes its mask off.
    private static func append(
        _ piece: inout ByteBuffer, to buffer: inout ByteBuffer, unmaskedBy key: MaskingKey?, at position: Int
    ) {
        let start = buffer.readableBytes
        buffer.writeBuffer(&piece)
        guard let key else { return }
        buffer.withUnsafeMutableReadableBytes { bytes in
            key.apply(to: UnsafeMutableRawBufferPointer(rebasing: bytes[start...]), at: position)
        }
    }

    /// What a whole frame means; `nil` for a fragment that is not the last.
    private mutating func finish(_ header: FrameHeader) throws(ProtocolViolation) -> ParsedFrame? {
        switch header.opcode {
        case .text, .binary, .continuation:
            guard header.isFinal else { return nil }
            return .message(try finishMessage())
        case .ping: return .ping(takeControl())
        case .pong:
            control.clear()
            return .pong
        case .close: return .close(try ClosePayload(reading: takeControl()))
        }
    }

    /// The payload of the control frame that is whole now.
    private mutating func takeControl() -> ByteBuffer {
        let payload = control
        control = ByteBuffer()
        return payload
    }

    /// The message that is whole now; text must not end inside a character.
    private mutating func finishMessage() throws(ProtocolViolation) -> WebSocketMessage {
        guard validator.isComplete else { throw .invalidText }
        let whole: WebSocketMessage =
            openMessage == .text ? .text(String(buffer: message)) : .binary(Array(buffer: message))
        openMessage = nil
        if message.capacity > Self.keptCapacity { message = ByteBuffer() } else { message.clear() }
        return whole
    }
}
