/// A value of a TOML file, of one of the kinds that a setting can have.
enum TOMLValue {
    /// A text in quotes.
    case text(String)
    /// A whole number.
    case integer(Int)
    /// true or false.
    case boolean(Bool)
    /// A list in brackets.
    case list([TOMLValue])
    /// A table: by its header, by dotted keys or in braces.
    case table(TOMLTable)

    /// What it is, for messages.
    var kind: String {
        switch self {
        case .text: "a text"
        case .integer: "a whole number"
        case .boolean: "true or false"
        case .list: "a list"
        case .table: "a table"
        }
    }
}

/// A table while its file is parsed: a reference, since later lines of the file add to it.
final class TOMLTable {
    /// What wrote a table, which decides what may still add to it (TOML 1.0, "Table" and "Inline Table").
    enum Origin {
        /// Only named as a part of a longer header.
        case implied
        /// A header, or the file itself.
        case header
        /// The front of a dotted key.
        case dotted
        /// Braces: complete as written.
        case inline
    }

    /// What wrote it.
    var origin: Origin
    /// Its values by name.
    var values: [String: TOMLValue] = [:]

    /// Makes an empty table.
    init(_ origin: Origin) { self.origin = origin }
}

/// The first mistake of a TOML file and the byte that it stands at.
struct TOMLMistake: Error, Hashable {
    /// The place, in bytes from the start of the text.
    let offset: Int
    /// What is wrong and what to write instead.
    let message: String

    /// The line and the column of the place in `text`, both from 1; the column counts characters.
    func place(in text: String) -> (line: Int, column: Int) {
        let before = Array(text.utf8.prefix(offset))
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        return (line, String(decoding: before[start...], as: UTF8.self).count + 1)
    }
}
