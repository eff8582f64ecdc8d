import _StringProcessing

/// A filter over the rows of one table: its terms, each of which must hold.
///
/// Made anew for each frame; a Regex cannot be kept in a state that is compared.
public struct Filter<Row: Sendable> {
    private struct Term {
        let isNegated: Bool
        let matches: (Row) -> Bool
    }

    private let terms: [Term]

    /// The longest text that a regular expression is tried on, in characters; the rest is cut off.
    public static var maximumRegexInput: Int { 512 }

    /// Reads a filter for a table with these columns.
    public init(_ text: String, columns: [Column<Row>]) throws(FilterError) {
        var terms: [Term] = []
        for term in try FilterParser.terms(text) {
            terms.append(Term(isNegated: term.isNegated, matches: try Self.matcher(term, columns)))
        }
        self.terms = terms
    }

    /// Whether everything passes.
    public var isEmpty: Bool { terms.isEmpty }

    /// Whether the row passes.
    public func matches(_ row: Row) -> Bool { terms.allSatisfy { $0.matches(row) != $0.isNegated } }

    private static func matcher(
        _ term: FilterTerm, _ columns: [Column<Row>]
    ) throws(FilterError) -> (Row) -> Bool {
        switch term.test {
        case .any(let text):
            let needle = CaselessText(text)
            return { row in columns.contains { needle.isIn($0.searchText(row)) } }
        case .contains(let name, let text):
            let column = try column(name, columns, term.position)
            let needle = CaselessText(text)
            return { needle.isIn(column.searchText($0)) }
        case .compare(let name, let comparison, let number):
            let column = try column(name, columns, term.position)
            return { row in
                guard case .number(let value) = column.sortKey(row) else { return false }
                switch comparison {
                case .less: return value < number
                case .greater: return value > number
                case .atMost: return value <= number
                case .atLeast: return value >= number
                }
            }
        case .regex(let pattern):
            guard let regex = try? Regex(pattern).ignoresCase() else {
                throw .badRegex(pattern, position: term.position)
            }
            return { row in
                columns.contains { column in
                    let text = String(column.searchText(row).prefix(maximumRegexInput))
                    return (try? regex.firstMatch(in: text)) != nil
                }
            }
        }
    }

    private static func column(
        _ name: String, _ columns: [Column<Row>], _ position: Int
    ) throws(FilterError) -> Column<Row> {
        guard let column = columns.first(where: { $0.name == name }) else {
            throw .unknownColumn(name, known: columns.map(\.name), position: position)
        }
        return column
    }
}

/// A text to look for without regard to case.
struct CaselessText {
    private let needle: [UInt8]

    init(_ text: String) { needle = Array(text.lowercased().utf8) }

    /// Whether the text is somewhere in another one.
    func isIn(_ text: String) -> Bool {
        if needle.isEmpty { return true }
        // ASCII needs no copy, and nearly every text on the wire is ASCII.
        let found = text.utf8.withContiguousStorageIfAvailable { bytes -> Bool? in
            guard bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
            guard bytes.count >= needle.count else { return false }
            for start in 0...(bytes.count - needle.count) where isAt(start, bytes) { return true }
            return false
        }
        if let found = found ?? nil { return found }
        let haystack = Array(text.lowercased().utf8)
        guard haystack.count >= needle.count else { return false }
        return haystack.withUnsafeBufferPointer { bytes in
            (0...(bytes.count - needle.count)).contains { isAt($0, bytes) }
        }
    }

    private func isAt(_ start: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        for offset in needle.indices {
            let byte = bytes[start + offset]
            let folded = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
            if folded != needle[offset] { return false }
        }
        return true
    }
}
