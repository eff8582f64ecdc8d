/// Checks UTF-8 piece by piece and stops at the first byte that cannot be right (RFC 3629 4).
///
/// A character may be cut anywhere: the state between two pieces is how many
/// bytes are missing and which values the next one may have.
struct UTF8Validator: Sendable, Equatable {
    private var missing = 0
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xBF

    /// Whether the text may end here, which is not so inside a character.
    var isComplete: Bool { missing == 0 }

    /// Takes the next piece; false when a byte of it cannot continue the text.
    mutating func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            if missing == 0 {
                index = Self.skipASCII(in: bytes, from: index)
                guard index < bytes.count else { return true }
                guard begins(with: bytes[index]) else { return false }
            } else {
                guard continues(with: bytes[index]) else { return false }
            }
            index += 1
        }
        return true
    }

    /// The first index from `start` whose byte is not ASCII; looks at eight bytes at a time.
    private static func skipASCII(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while index + 8 <= bytes.count,
            bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        {
            index += 8
        }
        while index < bytes.count, bytes[index] < 0x80 { index += 1 }
        return index
    }

    /// The first byte of a character of two to four bytes.
    ///
    /// The narrowed second bytes keep out overlong forms (E0, F0), surrogates
    /// (ED) and values over U+10FFFF (F4): the table of RFC 3629 4.
    private mutating func begins(with byte: UInt8) -> Bool {
        lowest = 0x80
        highest = 0xBF
        switch byte {
        case 0xC2...0xDF: missing = 1
        case 0xE0...0xEF:
            missing = 2
            if byte == 0xE0 { lowest = 0xA0 }
            if byte == 0xED { highest = 0x9F }
        case 0xF0...0xF4:
            missing = 3
            if byte == 0xF0 { lowest = 0x90 }
            if byte == 0xF4 { highest = 0x8F }
        default: return false
        }
        return true
    }

    /// A further byte of a character; only the second has a narrowed range.
    private mutating func continues(with byte: UInt8) -> Bool {
        guard byte >= lowest, byte <= highest else { return false }
        lowest = 0x80
        highest = 0xBF
        missing -= 1
        return true
    }
}
