/// The escapes of JSON strings, RFC 8259 section 7, both ways.
enum JSONEscapes {
    /// The text of a string's inside, or nil when an escape is wrong; lone surrogates become U+FFFD.
    static func decode(_ raw: UnsafeBufferPointer<UInt8>) -> String? {
        var output: [UInt8] = []
        output.reserveCapacity(raw.count)
        var index = 0
        while index < raw.count {
            let byte = raw[index]
            guard byte == UInt8(ascii: "\\") else {
                output.append(byte)
                index += 1
                continue
            }
            guard index + 1 < raw.count else { return nil }
            if raw[index + 1] == UInt8(ascii: "u") {
                guard let unit = unit(raw, index + 2) else { return nil }
                index += 6
                var scalar = UInt32(unit)
                if unit & 0xFC00 == 0xD800, index + 1 < raw.count, raw[index] == UInt8(ascii: "\\"),
                    raw[index + 1] == UInt8(ascii: "u"), let low = self.unit(raw, index + 2),
                    low & 0xFC00 == 0xDC00
                {
                    scalar = 0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(low & 0x3FF))
                    index += 6
                }
                output.append(contentsOf: String(UnicodeScalar(scalar) ?? "\u{FFFD}").utf8)
            } else {
                guard let plain = plain(raw[index + 1]) else { return nil }
                output.append(plain)
                index += 2
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func unit(_ raw: UnsafeBufferPointer<UInt8>, _ start: Int) -> UInt16? {
        guard start + 4 <= raw.count else { return nil }
        var value: UInt16 = 0
        for byte in raw[start..<start + 4] {
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue, byte < 0x80 else { return nil }
            value = value << 4 | UInt16(digit)
        }
        return value
    }

    private static func plain(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }

    /// Appends `text` in quotes, escaping what section 7 requires and DEL and C1, which terminals obey.
    static func append(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { bytes in
            // Nearly all texts need no escape, and are copied whole.
            if !bytes.contains(where: needsLook) { return output.append(contentsOf: bytes) }
            for (index, byte) in bytes.enumerated() {
                switch byte {
                case UInt8(ascii: "\""): output += [UInt8(ascii: "\\"), byte]
                case UInt8(ascii: "\\"): output += [byte, byte]
                case 0x0A: output += Array("\\n".utf8)
                case 0x0D: output += Array("\\r".utf8)
                case 0x09: output += Array("\\t".utf8)
                case 0..<0x20, 0x7F: appendUnit(byte, to: &output)
                case 0x80..<0xA0 where index > 0 && bytes[index - 1] == 0xC2:
                    output.removeLast()
                    appendUnit(byte, to: &output)
                default: output.append(byte)
                }
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    /// Whether a byte is escaped, or may be the second one of a C1 control.
    private static func needsLook(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
            || (0x7F..<0xA0).contains(byte)
    }

    private static func appendUnit(_ byte: UInt8, to output: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        output += Array("\\u00".utf8)
        output += [digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
    }
}
