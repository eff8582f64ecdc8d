/// Texts in quotes: `"…"` with escapes and `'…'` without, each on one line or over many in triple quotes.
extension TOMLParser {
    /// The text that starts here; a key must be on one line.
    mutating func text(isKey: Bool) throws(TOMLMistake) -> String {
        let start = offset
        guard let quote = byte() else { throw mistake("expected a text in quotes") }
        offset += 1
        var isLong = false
        if byte() == quote, byte(1) == quote {
            guard !isKey else { throw mistake("a name cannot be in triple quotes", at: start) }
            isLong = true
            offset += 2
            _ = skipLineEnd()
        }
        var content: [UInt8] = []
        while true {
            if let closed = skipClosing(quote, isLong: isLong) {
                content += closed
                return String(decoding: content, as: UTF8.self)
            }
            try readPart(quote, isLong: isLong, from: start, into: &content)
        }
    }

    /// Skips the quotes that close a text and returns those before them that belong to it; nil elsewhere.
    private mutating func skipClosing(_ quote: UInt8, isLong: Bool) -> [UInt8]? {
        guard byte() == quote else { return nil }
        guard isLong else {
            offset += 1
            return []
        }
        guard byte(1) == quote, byte(2) == quote else { return nil }
        offset += 3
        var content: [UInt8] = []
        while content.count < 2, byte() == quote {
            content.append(quote)
            offset += 1
        }
        return content
    }

    /// Reads one byte, one escape or one end of a line.
    private mutating func readPart(_ quote: UInt8, isLong: Bool, from start: Int, into content: inout [UInt8])
        throws(TOMLMistake)
    {
        guard let next = byte() else {
            throw mistake("the text that starts here has no closing quote", at: start)
        }
        if isLineEnd {
            guard isLong else {
                throw mistake("the text that starts here has no closing quote on its line", at: start)
            }
            content.append(UInt8(ascii: "\n"))
            _ = skipLineEnd()
            return
        }
        guard next == 0x09 || next >= 0x20 && next != 0x7F else {
            throw mistake("a text contains a control character; write it as an escape such as \\n")
        }
        offset += 1
        guard next == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") else {
            content.append(next)
            return
        }
        try readEscape(isLong: isLong, into: &content)
    }

    /// Reads what follows a backslash (TOML 1.0, "String").
    private mutating func readEscape(isLong: Bool, into content: inout [UInt8]) throws(TOMLMistake) {
        let start = offset - 1
        if isLong, skipJoint() { return }
        let letter = byte()
        offset += letter == nil ? 0 : 1
        switch letter {
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "\""): content.append(0x22)
        case UInt8(ascii: "\\"): content.append(0x5C)
        case UInt8(ascii: "u"): content += try scalar(digits: 4, from: start).utf8
        case UInt8(ascii: "U"): content += try scalar(digits: 8, from: start).utf8
        default:
            throw mistake(
                "unknown escape; write \\\\ for a backslash, or put the text in single quotes", at: start)
        }
    }

    /// Skips the end of a line after a backslash, with all blank space after it; false when there is none.
    private mutating func skipJoint() -> Bool {
        let start = offset
        skipSpaces()
        guard !isLineEnd || byte() == nil else {
            repeat { skipSpaces() } while skipLineEnd()
            return true
        }
        offset = start
        return false
    }

    private mutating func scalar(digits: Int, from start: Int) throws(TOMLMistake) -> String {
        let code = bytes[offset...].prefix(digits)
        guard code.count == digits, code.allSatisfy({ Self.isDigit($0, 16) }),
            let number = UInt32(String(decoding: code, as: UTF8.self), radix: 16),
            let scalar = Unicode.Scalar(number)
        else { throw mistake("expected \(digits) hexadecimal digits of a Unicode character", at: start) }
        offset += digits
        return String(Character(scalar))
    }
}
