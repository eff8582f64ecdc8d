import TOMLKit

#if canImport(Glibc)
    import Glibc
#endif

/// One value of a TOML file, with the file and the key that it stands at, so that every mistake can be named.
struct TOMLReader {
    /// The file, for messages.
    let file: String
    /// The dotted key; empty for the whole file.
    let key: String
    private let value: any TOMLValueConvertible

    /// Parses a file's text.
    init(_ text: String, file: String) throws(ConfigurationError) {
        self.file = file
        key = ""
        do { value = try TOMLTable(string: text) } catch let error as TOMLParseError {
            let place = "line \(error.source.begin.line), column \(error.source.begin.column)"
            throw ConfigurationError(file, place, "no valid TOML: \(Self.oneLine(error.description))")
        } catch { throw ConfigurationError(file, "", "no valid TOML") }
    }

    /// Reads and parses a file.
    init(contentsOf file: String) throws(ConfigurationError) {
        guard let text = TextFile.read(file) else {
            throw ConfigurationError(
                file, "", "cannot be read: \(String(cString: strerror(errno)))", isUnreadable: true)
        }
        try self.init(text, file: file)
    }

    private init(_ parent: TOMLReader, _ name: String, _ value: any TOMLValueConvertible) {
        file = parent.file
        key = parent.key.isEmpty ? name : parent.key + "." + name
        self.value = value
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    /// A mistake at this place.
    func mistake(_ message: String) -> ConfigurationError { ConfigurationError(file, key, message) }

    /// The entries of a table in the order of their names.
    func entries() throws(ConfigurationError) -> [(name: String, value: TOMLReader)] {
        guard let table = value.table else { throw mistake("must be a table, is \(value.type)") }
        var entries: [(String, TOMLReader)] = []
        for name in table.keys.sorted() {
            if let value = table[name] { entries.append((name, TOMLReader(self, name, value))) }
        }
        return entries
    }

    /// A text.
    func string() throws(ConfigurationError) -> String {
        guard let text = value.string else { throw mistake("must be a text in quotes, is \(value.type)") }
        return text
    }

    /// Whether it is a table.
    var isTable: Bool { value.table != nil }

    /// A text, or a whole number as one.
    func stringOrInt() throws(ConfigurationError) -> String {
        if let number = value.int { return String(number) }
        return try string()
    }

    /// true or false.
    func bool() throws(ConfigurationError) -> Bool {
        guard let bool = value.bool else { throw mistake("must be true or false, is \(value.type)") }
        return bool
    }

    /// A whole number.
    func int() throws(ConfigurationError) -> Int {
        guard let number = value.int else { throw mistake("must be a whole number, is \(value.type)") }
        return number
    }

    /// A list of texts; one text alone is a list of one.
    func strings() throws(ConfigurationError) -> [String] {
        if let text = value.string { return [text] }
        guard let array = value.array else { throw mistake("must be a list of texts, is \(value.type)") }
        var texts: [String] = []
        for (index, element) in array.enumerated() {
            guard let text = element.string else {
                throw mistake("element \(index + 1) must be a text, is \(element.type)")
            }
            texts.append(text)
        }
        return texts
    }

    /// What to say about a name that is not known here.
    func unknown(_ known: [String]) -> ConfigurationError {
        mistake("is not known here; known are \(known.joined(separator: ", "))")
    }
}
