/// Base64 (RFC 4648 4), as far as the handshake needs it.
enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The padded encoding of `bytes`.
    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
            for place in 0..<4 {
                let isPadding = place > group.count
                let index = Int(bits >> (18 - 6 * UInt32(place)) & 0x3F)
                text.append(isPadding ? UInt8(ascii: "=") : alphabet[index])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether `text` is the encoding of 16 bytes: a `Sec-WebSocket-Key` (RFC 6455 4.1).
    static func encodesSixteenBytes(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count == 24 && bytes.hasSuffix("==") && bytes.dropLast(2).allSatisfy(alphabet.contains)
    }
}

extension [UInt8] {
    /// Whether the last bytes are those of `text`.
    fileprivate func hasSuffix(_ text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}
