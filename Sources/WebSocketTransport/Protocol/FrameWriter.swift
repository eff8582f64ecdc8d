import NIOCore

extension ByteBuffer {
    /// Appends one whole, final frame (RFC 6455 5.2); the length takes as few bytes as it can.
    ///
    /// - Parameters:
    ///   - maskingKey: A fresh random key in a client, `nil` in a server (5.3).
    ///   - length: How many bytes `payload` is about to append.
    ///   - payload: Appends the payload; it is masked here.
    mutating func writeFrame(
        _ opcode: WebSocketOpcode, maskingKey: MaskingKey?, length: Int,
        payload: (inout ByteBuffer) -> Void
    ) {
        writeInteger(0x80 | opcode.rawValue)
        let maskBit: UInt8 = maskingKey == nil ? 0 : 0x80
        switch length {
        case ...125: writeInteger(maskBit | UInt8(length))
        case ...0xFFFF:
            writeInteger(maskBit | 126)
            writeInteger(UInt16(length))
        default:
            writeInteger(maskBit | 127)
            writeInteger(UInt64(length))
        }
        guard let maskingKey else {
            payload(&self)
            return
        }
        writeInteger(maskingKey.bits)
        let start = readableBytes
        payload(&self)
        withUnsafeMutableReadableBytes { bytes in
            maskingKey.apply(to: UnsafeMutableRawBufferPointer(rebasing: bytes[start...]), at: 0)
        }
    }
}
