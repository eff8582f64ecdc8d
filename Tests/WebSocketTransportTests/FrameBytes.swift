import NIOCore

@testable import WebSocketTransport

/// Builds frames byte by byte, wrong ones too, without the writer under test.
struct FrameBytes {
    var first: UInt8
    var payload: [UInt8] = []
    /// `nil` for a frame without a mask.
    var key: [UInt8]? = [0x37, 0xFA, 0x21, 0x3D]
    /// Bits of the length: 7, 16 or 64; `nil` for the shortest.
    var lengthBits: Int?

    /// A client's frame; `isFinal` and `opcode` make the first byte.
    static func client(
        _ opcode: WebSocketOpcode, _ payload: [UInt8] = [], isFinal: Bool = true
    ) -> ByteBuffer {
        FrameBytes(first: (isFinal ? 0x80 : 0) | opcode.rawValue, payload: payload).buffer
    }

    /// A client's text frame.
    static func text(_ text: String, isFinal: Bool = true) -> ByteBuffer {
        client(.text, Array(text.utf8), isFinal: isFinal)
    }

    /// A server's frame, which has no mask.
    static func server(_ opcode: WebSocketOpcode, _ payload: [UInt8] = []) -> ByteBuffer {
        FrameBytes(first: 0x80 | opcode.rawValue, payload: payload, key: nil).buffer
    }

    /// A close payload.
    static func close(_ code: UInt16, _ reason: [UInt8] = []) -> [UInt8] {
        [UInt8(code >> 8), UInt8(code & 0xFF)] + reason
    }

    var buffer: ByteBuffer {
        var bytes = ByteBuffer(bytes: [first])
        let mask: UInt8 = key == nil ? 0 : 0x80
        switch lengthBits ?? (payload.count < 126 ? 7 : payload.count < 65536 ? 16 : 64) {
        case 7: bytes.writeInteger(mask | UInt8(payload.count))
        case 16:
            bytes.writeInteger(mask | 126)
            bytes.writeInteger(UInt16(payload.count))
        default:
            bytes.writeInteger(mask | 127)
            bytes.writeInteger(UInt64(payload.count))
        }
        if let key {
            bytes.writeBytes(key)
            bytes.writeBytes(payload.enumerated().map { $0.element ^ key[$0.offset % 4] })
        } else {
            bytes.writeBytes(payload)
        }
        return bytes
    }
}

/// Everything a parser says to `bytes`, and what it fails with.
struct ParserRun: Equatable {
    var frames: [ParsedFrame] = []
    var violation: ProtocolViolation?
    /// How many bytes were taken when it failed.
    var bytesUntilViolation: Int?

    /// - Parameter pieceBytes: How many bytes arrive at once.
    init(
        _ bytes: ByteBuffer, role: WebSocketRole = .server, maximumMessageBytes: Int = 1 << 20,
        pieceBytes: Int = .max
    ) {
        var parser = MessageParser(role: role, maximumMessageBytes: maximumMessageBytes)
        var rest = bytes
        var arrived = ByteBuffer()
        while let piece = rest.readSlice(length: min(pieceBytes, rest.readableBytes)),
            piece.readableBytes > 0
        {
            arrived.writeImmutableBuffer(piece)
            do throws(ProtocolViolation) {
                while let frame = try parser.next(from: &arrived) { frames.append(frame) }
            } catch {
                violation = error
                bytesUntilViolation = bytes.readableBytes - rest.readableBytes
                return
            }
        }
    }
}

/// Puts frames behind one another.
func joined(_ frames: [ByteBuffer]) -> ByteBuffer {
    frames.reduce(into: ByteBuffer()) { $0.writeImmutableBuffer($1) }
}
