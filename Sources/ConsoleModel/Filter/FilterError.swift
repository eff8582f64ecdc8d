/// What is wrong with a filter, and at which character.
public enum FilterError: Error, Hashable, Sendable {
    /// No column has that name; `known` are those that there are.
    case unknownColumn(String, known: [String], position: Int)
    /// The regular expression between the slashes cannot be read.
    case badRegex(String, position: Int)
    /// A quote or a slash has no partner.
    case unclosed(Character, position: Int)
    /// What stands after `<` or `>` is neither a number nor a duration.
    case notANumber(String, position: Int)
    /// A `!` or a `COLUMN:` with nothing behind it.
    case nothingToMatch(position: Int)

    /// The character it is about, from 0.
    public var position: Int {
        switch self {
        case .unknownColumn(_, _, let position), .badRegex(_, let position), .unclosed(_, let position),
            .notANumber(_, let position), .nothingToMatch(let position):
            position
        }
    }

    /// What is wrong, and what to do.
    public var message: String {
        switch self {
        case .unknownColumn(let name, let known, _):
            "no column \(name); there are \(known.joined(separator: " "))"
        case .badRegex(let text, _): "cannot read /\(text)/"
        case .unclosed(let mark, _): "\(mark) is not closed"
        case .notANumber(let text, _): "\(text) is no number or duration (500ms 2s 5m 1h)"
        case .nothingToMatch: "nothing to match"
        }
    }
}
