/// Parses TOML 1.0 as far as a setting needs it: tables, texts, whole numbers, true and false, lists.
///
/// Every byte of every file ends in a value or in a ``TOMLMistake``. Nothing here can trap: bytes are read
/// through ``byte(_:)`` alone, numbers are added with overflow reported, and nesting is bounded.
struct TOMLParser {
    /// How deep tables and lists may nest; the deepest setting of a configuration has 4 levels.
    static let maximumDepth = 32

    /// The text in UTF-8.
    let bytes: [UInt8]
    /// The byte that is read next.
    var offset = 0
    /// The table that the file itself is.
    let root = TOMLTable(.header)

    private init(_ text: String) {
        bytes = Array(text.utf8)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    }

    /// The table that a whole file describes.
    ///
    /// - Throws: ``TOMLMistake`` for the first mistake.
    static func parse(_ text: String) throws(TOMLMistake) -> TOMLTable {
        var parser = TOMLParser(text)
        var table = parser.root
        while true {
            try parser.skipBlankLines()
            guard let next = parser.byte() else { return parser.root }
            if next == UInt8(ascii: "[") {
                table = try parser.header()
            } else {
                try parser.entry(into: table)
            }
            try parser.endLine()
        }
    }

    // MARK: Bytes

    /// The byte `ahead` of the next one; nil after the end.
    func byte(_ ahead: Int = 0) -> UInt8? {
        offset + ahead < bytes.count ? bytes[offset + ahead] : nil
    }

    /// Skips the next byte when it is `character`; whether it was.
    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard byte() == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    /// A mistake at the next byte, or at `place`.
    func mistake(_ message: String, at place: Int? = nil) -> TOMLMistake {
        TOMLMistake(offset: place ?? offset, message: message)
    }

    /// The next character for a message: printable, in quotes, or in words.
    var found: String {
        guard let next = byte() else { return "the end of the file" }
        guard !isLineEnd else { return "the end of the line" }
        guard next >= 0x20, next != 0x7F else { return "a control character" }
        return next < 0x80 ? "\"\(Unicode.Scalar(next))\"" : "a letter outside ASCII"
    }

    /// Whether a line ends here, or the text.
    var isLineEnd: Bool {
        guard let next = byte() else { return true }
        return next == UInt8(ascii: "\n") || next == UInt8(ascii: "\r") && byte(1) == UInt8(ascii: "\n")
    }

    /// Skips spaces and tabs.
    mutating func skipSpaces() {
        while byte() == UInt8(ascii: " ") || byte() == UInt8(ascii: "\t") { offset += 1 }
    }

    /// Skips the end of a line; false when there is none here.
    mutating func skipLineEnd() -> Bool {
        guard isLineEnd, let next = byte() else { return false }
        offset += next == UInt8(ascii: "\r") ? 2 : 1
        return true
    }

    /// Skips spaces, ends of lines and comments.
    mutating func skipBlankLines() throws(TOMLMistake) {
        repeat {
            skipSpaces()
            try skipComment()
        } while skipLineEnd()
    }

    private mutating func skipComment() throws(TOMLMistake) {
        guard skip("#") else { return }
        while !isLineEnd, let next = byte() {
            guard next == 0x09 || next >= 0x20 && next != 0x7F else {
                throw mistake("a comment contains a control character; remove it")
            }
            offset += 1
        }
    }

    private mutating func endLine() throws(TOMLMistake) {
        skipSpaces()
        try skipComment()
        guard isLineEnd else { throw mistake("expected the end of the line, found \(found)") }
    }
}
