/// Headers, keys and tables.
extension TOMLParser {
    /// `[a.b]`: the table that the lines after it fill.
    mutating func header() throws(TOMLMistake) -> TOMLTable {
        let start = offset
        offset += 1
        guard byte() != UInt8(ascii: "[") else {
            throw mistake("no setting is a list of tables; write the header in single brackets", at: start)
        }
        let path = try key()
        guard skip("]") else { throw mistake("expected \"]\" after the table's name, found \(found)") }
        var table = root
        for name in path.dropLast() {
            switch table.values[name] {
            case nil: table = table.add(name, .implied)
            case .table(let next) where next.origin != .inline: table = next
            default: throw mistake("\"\(name)\" already has a value; it cannot be a table as well", at: start)
            }
        }
        let name = path.last ?? ""
        switch table.values[name] {
        case nil: return table.add(name, .header)
        case .table(let next) where next.origin == .implied:
            next.origin = .header
            return next
        default: throw mistake("\"\(name)\" is defined twice; merge the two", at: start)
        }
    }

    /// `a.b = value`, into `table`, which nests in `depth` others.
    mutating func entry(into table: TOMLTable, depth: Int = 0) throws(TOMLMistake) {
        let start = offset
        let path = try key()
        guard skip("=") else { throw mistake("expected \"=\" after the key, found \(found)") }
        skipSpaces()
        var table = table
        for name in path.dropLast() {
            switch table.values[name] {
            case nil: table = table.add(name, .dotted)
            case .table(let next) where next.origin == .dotted || next.origin == .implied: table = next
            default: throw mistake("\"\(name)\" already has a value; it cannot be extended", at: start)
            }
        }
        let name = path.last ?? ""
        guard table.values[name] == nil else {
            throw mistake("\"\(name)\" is defined twice; remove one of the two", at: start)
        }
        table.values[name] = try value(depth: depth + path.count)
    }

    /// `{ a = value, b = value }`.
    mutating func inlineTable(depth: Int) throws(TOMLMistake) -> TOMLTable {
        let table = TOMLTable(.inline)
        offset += 1
        skipSpaces()
        if skip("}") { return table }
        while true {
            skipSpaces()
            try entry(into: table, depth: depth)
            skipSpaces()
            if skip("}") {
                table.complete()
                return table
            }
            guard skip(",") else { throw mistake("expected \",\" or \"}\", found \(found)") }
        }
    }

    /// A dotted key with the spaces around it; at least one name.
    private mutating func key() throws(TOMLMistake) -> [String] {
        var path: [String] = []
        repeat {
            skipSpaces()
            path.append(try keyPart())
            guard path.count < Self.maximumDepth else {
                throw mistake("a key has more than \(Self.maximumDepth) parts")
            }
            skipSpaces()
        } while skip(".")
        return path
    }

    private mutating func keyPart() throws(TOMLMistake) -> String {
        switch byte() {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return try text(isKey: true)
        default:
            let start = offset
            while let next = byte(), Self.isBare(next) { offset += 1 }
            guard offset > start else {
                throw mistake(
                    "expected a name of letters, digits, \"-\" and \"_\", or in quotes, found \(found)")
            }
            return String(decoding: bytes[start..<offset], as: UTF8.self)
        }
    }

    /// Whether a key may contain `byte` outside quotes (TOML 1.0, "Keys").
    private static func isBare(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension TOMLTable {
    /// Adds an empty table.
    fileprivate func add(_ name: String, _ origin: Origin) -> TOMLTable {
        let table = TOMLTable(origin)
        values[name] = .table(table)
        return table
    }

    /// Closes the tables that dotted keys made inside braces: nothing after the brace may add to them.
    fileprivate func complete() {
        for case .table(let table) in values.values where table.origin == .dotted {
            table.origin = .inline
            table.complete()
        }
    }
}
