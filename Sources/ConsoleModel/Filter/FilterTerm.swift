/// One term of a filter, as typed.
struct FilterTerm: Equatable {
    /// How a column is compared.
    enum Comparison: String, Equatable { case less = "<", greater = ">", atMost = "<=", atLeast = ">=" }

    /// What must hold.
    enum Test: Equatable {
        case any(String)
        case regex(String)
        case contains(column: String, text: String)
        case compare(column: String, Comparison, Double)
    }

    let isNegated: Bool
    let test: Test
    /// The character where the term begins.
    let position: Int
}

/// Splits a filter into terms.
struct FilterParser {
    private let characters: [Character]
    private var index = 0

    private init(_ text: String) { characters = Array(text) }

    /// The terms of a text, in order.
    static func terms(_ text: String) throws(FilterError) -> [FilterTerm] {
        var parser = FilterParser(text)
        var terms: [FilterTerm] = []
        while let term = try parser.next() { terms.append(term) }
        return terms
    }

    private mutating func next() throws(FilterError) -> FilterTerm? {
        while index < characters.count, characters[index].isWhitespace { index += 1 }
        guard index < characters.count else { return nil }
        let start = index
        var isNegated = false
        if characters[index] == "!" {
            isNegated = true
            index += 1
        }
        guard index < characters.count, !characters[index].isWhitespace else {
            throw .nothingToMatch(position: start)
        }
        let test = try test()
        return FilterTerm(isNegated: isNegated, test: test, position: start)
    }

    private mutating func test() throws(FilterError) -> FilterTerm.Test {
        if characters[index] == "/" { return .regex(try enclosed("/")) }
        if characters[index] == "\"" { return .any(try enclosed("\"")) }
        let start = index
        while index < characters.count, isNamePart(characters[index]) { index += 1 }
        let name = String(characters[start..<index]).lowercased()
        guard index < characters.count, !name.isEmpty, name.first?.isLetter == true else {
            index = start
            return .any(try word())
        }
        switch characters[index] {
        case ":":
            index += 1
            let text = try value(after: start)
            return .contains(column: name, text: text)
        case "<", ">":
            var sign = String(characters[index])
            index += 1
            if index < characters.count, characters[index] == "=" {
                sign += "="
                index += 1
            }
            let position = index
            let text = try value(after: start)
            guard let comparison = FilterTerm.Comparison(rawValue: sign), let number = Self.number(text)
            else {
                throw .notANumber(text, position: position)
            }
            return .compare(column: name, comparison, number)
        default:
            index = start
            return .any(try word())
        }
    }

    private func isNamePart(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber)
    }

    private mutating func value(after start: Int) throws(FilterError) -> String {
        let text = try word()
        if text.isEmpty { throw .nothingToMatch(position: start) }
        return text
    }

    /// Everything up to the next space; a quoted part may hold spaces.
    private mutating func word() throws(FilterError) -> String {
        var text = ""
        while index < characters.count, !characters[index].isWhitespace {
            if characters[index] == "\"" {
                text += try enclosed("\"")
            } else {
                text.append(characters[index])
                index += 1
            }
        }
        return text
    }

    private mutating func enclosed(_ mark: Character) throws(FilterError) -> String {
        let start = index
        index += 1
        var text = ""
        while index < characters.count, characters[index] != mark {
            if characters[index] == "\\", index + 1 < characters.count, characters[index + 1] == mark {
                index += 1
            }
            text.append(characters[index])
            index += 1
        }
        guard index < characters.count else { throw .unclosed(mark, position: start) }
        index += 1
        return text
    }

    /// A number, or a duration in seconds: `500ms 2s 5m 1h 3d`.
    static func number(_ text: String) -> Double? {
        let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)]
        let text = text.lowercased()
        for (unit, factor) in units where text.hasSuffix(unit) {
            guard let number = Double(text.dropLast(unit.count)), number.isFinite else { return nil }
            return number * factor
        }
        guard let number = Double(text), number.isFinite else { return nil }
        return number
    }
}
