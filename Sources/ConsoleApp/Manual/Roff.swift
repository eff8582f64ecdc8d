/// Text as the macros of man(7) take it.
enum Roff {
    /// A text of any length: nothing in it is taken for a request or an escape.
    static func text(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let escaped = inline(line.drop { $0 == " " })
            return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
        }
        .filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// A text within a line; everything beyond ASCII by its number, so that no locale is needed to read it.
    static func inline(_ text: some StringProtocol) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "'": result += "\\(aq"
            case "`": result += "\\(ga"
            case "^": result += "\\(ha"
            case "~": result += "\\(ti"
            case "\"": result += "\\(dq"
            case "\u{20}"..."\u{7E}": result.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16).uppercased()
                result += "\\[u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "]"
            }
        }
        return result
    }

    /// A term and what is to be said about it.
    static func entry(_ term: String, _ words: String) -> [String] {
        [".TP", "\\fB\(inline(term))\\fR", words.isEmpty ? "\\&" : text(words)]
    }
}
