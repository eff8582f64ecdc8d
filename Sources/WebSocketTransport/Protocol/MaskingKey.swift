/// The 32-bit key a client's payload is combined with (RFC 6455 5.3).
struct MaskingKey: Sendable, Equatable {
    /// The four key bytes, the first one in the highest eight bits.
    let bits: UInt32

    /// Combines `bytes` with the key, in place; doing it twice gives the bytes back.
    ///
    /// - Parameter position: How many payload bytes of the same frame came before these.
    func apply(to bytes: UnsafeMutableRawBufferPointer, at position: Int) {
        let shift = UInt32(position & 3) * 8
        let turned = shift == 0 ? bits : bits << shift | bits >> (32 - shift)
        let word = (UInt64(turned) << 32 | UInt64(turned)).bigEndian
        var index = 0
        while index + 8 <= bytes.count {
            let masked = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ word
            bytes.storeBytes(of: masked, toByteOffset: index, as: UInt64.self)
            index += 8
        }
        while index < bytes.count {
            bytes[index] ^= UInt8(truncatingIfNeeded: turned >> (24 - UInt32(index & 3) * 8))
            index += 1
        }
    }
}
