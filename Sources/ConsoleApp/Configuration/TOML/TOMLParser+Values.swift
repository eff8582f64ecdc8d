/// Values: numbers, true and false, lists.
extension TOMLParser {
    /// The value that starts here, inside `depth` tables and lists.
    mutating func value(depth: Int) throws(TOMLMistake) -> TOMLValue {
        guard depth <= Self.maximumDepth else {
            throw mistake("values nest more than \(Self.maximumDepth) levels")
        }
        switch byte() {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return .text(try text(isKey: false))
        case UInt8(ascii: "["): return .list(try list(depth: depth))
        case UInt8(ascii: "{"): return .table(try inlineTable(depth: depth))
        default: return try word()
        }
    }

    private mutating func list(depth: Int) throws(TOMLMistake) -> [TOMLValue] {
        var list: [TOMLValue] = []
        offset += 1
        while true {
            try skipBlankLines()
            if skip("]") { return list }
            list.append(try value(depth: depth + 1))
            try skipBlankLines()
            if skip("]") { return list }
            guard skip(",") else { throw mistake("expected \",\" or \"]\", found \(found)") }
        }
    }

    /// true, false or a whole number.
    private mutating func word() throws(TOMLMistake) -> TOMLValue {
        let start = offset
        while let next = byte(), !isLineEnd, next > 0x20, !",]}#=".utf8.contains(next) { offset += 1 }
        let word = bytes[start..<offset]
        guard !word.isEmpty else {
            throw mistake("expected a value, found \(found); write a text in quotes, a number, true or false")
        }
        switch String(decoding: word, as: UTF8.self) {
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        default: return .integer(try integer(word, at: start))
        }
    }

    /// A whole number: decimal with a sign, or hexadecimal, octal or binary; "_" may stand between two digits.
    private func integer(_ word: ArraySlice<UInt8>, at start: Int) throws(TOMLMistake) -> Int {
        var digits = word
        var radix = 10
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative || digits.first == UInt8(ascii: "+") {
            digits = digits.dropFirst()
        } else if digits.first == UInt8(ascii: "0"), let letter = digits.dropFirst().first,
            let base = Self.radixes[letter]
        {
            radix = base
            digits = digits.dropFirst(2)
        }
        let parts = digits.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
        let isPadded = radix == 10 && digits.count > 1 && digits.first == UInt8(ascii: "0")
        let areDigits = parts.allSatisfy { part in
            !part.isEmpty && part.allSatisfy { Self.isDigit($0, radix) }
        }
        guard areDigits, !isPadded else {
            throw mistake(
                "expected a text in quotes, a whole number, true or false; put any other value in quotes",
                at: start)
        }
        let text = (isNegative ? "-" : "") + String(decoding: parts.joined(), as: UTF8.self)
        guard let number = Int(text, radix: radix) else {
            throw mistake("the number is outside the range of 64-bit whole numbers", at: start)
        }
        return number
    }

    /// The bases of the prefixes 0x, 0o and 0b (TOML 1.0, "Integer").
    private static let radixes: [UInt8: Int] = [
        UInt8(ascii: "x"): 16, UInt8(ascii: "o"): 8, UInt8(ascii: "b"): 2,
    ]

    /// Whether `byte` is an ASCII digit in base `radix`.
    static func isDigit(_ byte: UInt8, _ radix: Int) -> Bool {
        guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else { return false }
        return digit < radix
    }
}
