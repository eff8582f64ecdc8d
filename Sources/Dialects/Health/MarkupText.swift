/// Tells what a body is that begins with `<`: a page for people, another kind of document, or text in tags.
enum MarkupText {
    /// What the markup is.
    enum Kind: Equatable {
        /// A whole page of HTML and its title, if it has one.
        case page(title: String?)
        /// XML, named for what it is.
        case document(String)
        /// A piece of HTML: its text without the tags.
        case fragment(String)
    }

    /// The kind of a body; nil when it does not begin with markup.
    static func kind(_ bytes: some Collection<UInt8>) -> Kind? {
        let start = bytes.drop { $0 <= 0x20 || [0xEF, 0xBB, 0xBF].contains($0) }.prefix(maximumBytes)
        guard start.first == UInt8(ascii: "<") else { return nil }
        let text = String(decoding: start, as: UTF8.self)
        let root = root(of: text)
        switch root {
        case "": return nil
        case "!doctype", "html", "head", "body", "title", "meta", "link", "script", "style":
            return .page(title: title(of: text))
        case "rss", "rdf:rdf": return .document("an RSS feed")
        case "feed": return .document("an Atom feed")
        case "prtg": return .document("XML for PRTG")
        default:
            return text.hasPrefix("<?xml") || !pieces.contains(root)
                ? .document("XML (<\(root.prefix(40))>)") : .fragment(withoutTags(text))
        }
    }

    /// How much of a body is looked at; the head of a page is shorter.
    private static let maximumBytes = 64 << 10
    /// Elements that pieces of HTML begin with.
    private static let pieces: Set<String> = [
        "a", "b", "br", "center", "code", "div", "em", "font", "h1", "h2", "h3", "h4", "hr", "i", "main", "p",
        "pre", "section", "span", "strong", "table", "ul", "u",
    ]

    /// The name of the first element, declarations and comments left out, in lower case.
    private static func root(of text: String) -> String {
        var rest = text[...]
        for _ in 0..<100 {
            rest = rest.drop(while: \.isWhitespace)
            guard rest.first == "<" else { return "" }
            if rest.hasPrefix("<!--") {
                guard let end = rest.firstRange(of: "-->") else { return "html" }
                rest = rest[end.upperBound...]
            } else if rest.hasPrefix("<?") {
                guard let end = rest.firstRange(of: "?>") else { return "" }
                rest = rest[end.upperBound...]
            } else {
                let name = rest.dropFirst().prefix { !$0.isWhitespace && $0 != ">" && $0 != "/" }.lowercased()
                // A document type of XML names its root: `<!DOCTYPE rss …>`.
                guard name == "!doctype", text.hasPrefix("<?xml"),
                    !rest.prefix(40).lowercased().contains("html"), let end = rest.firstIndex(of: ">")
                else { return name }
                rest = rest[rest.index(after: end)...]
            }
        }
        return ""
    }

    /// The text of the first title, else of the first heading.
    private static func title(of text: String) -> String? {
        let lower = text.lowercased()
        // Lower case changes the length of some characters, so that places are looked for in one of the two.
        for tag in ["title", "h1", "h2"] {
            guard let open = lower.firstRange(of: "<" + tag) else { continue }
            let rest =
                lower.utf8.count == text.utf8.count
                ? String(
                    decoding: Array(text.utf8).dropFirst(lower[..<open.lowerBound].utf8.count), as: UTF8.self)
                : String(lower[open.lowerBound...])
            guard let end = rest.firstIndex(of: ">") else { continue }
            let inner = rest[rest.index(after: end)...].prefix(400)
            let words = withoutTags(
                String(inner.firstRange(of: "</").map { inner[..<$0.lowerBound] } ?? inner))
            if !words.isEmpty { return String(words.prefix(100)) }
        }
        return nil
    }

    /// A text without tags, each run of white space within a line one space.
    private static func withoutTags(_ text: String) -> String {
        var plain = ""
        var isInTag = false
        for character in text {
            switch character {
            case "<": (isInTag, plain) = (true, plain + " ")
            case ">" where isInTag: isInTag = false
            default: if !isInTag { plain.append(character) }
            }
        }
        let lines = plain.split(whereSeparator: \.isNewline).map { line in
            line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        return lines.filter { !$0.isEmpty }.joined(separator: "\n")
    }
}
