#if canImport(Glibc)
    import Glibc
#endif

/// One value of a TOML file, with the file and the key that it stands at, so that every mistake can be named.
struct TOMLReader {
    /// The file, for messages.
    let file: String
    /// The dotted key; empty for the whole file.
    let key: String
    private let value: TOMLValue

    /// Parses a file's text.
    init(_ text: String, file: String) throws(ConfigurationError) {
        self.file = file
        key = ""
        do throws(TOMLMistake) { value = .table(try TOMLParser.parse(text)) } catch {
            let place = error.place(in: text)
            throw ConfigurationError(file, "line \(place.line), column \(place.column)", error.message)
        }
    }

    /// Reads and parses a file.
    init(contentsOf file: String) throws(ConfigurationError) {
        guard let text = TextFile.read(file) else {
            throw ConfigurationError(
                file, "", "cannot be read: \(String(cString: strerror(errno)))", isUnreadable: true)
        }
        try self.init(text, file: file)
    }

    private init(_ parent: TOMLReader, _ name: String, _ value: TOMLValue) {
        file = parent.file
        key = parent.key.isEmpty ? name : parent.key + "." + name
        self.value = value
    }

    /// A mistake at this place.
    func mistake(_ message: String) -> ConfigurationError { ConfigurationError(file, key, message) }

    /// The entries of a table in the order of their names.
    func entries() throws(ConfigurationError) -> [(name: String, value: TOMLReader)] {
        guard case .table(let table) = value else { throw mistake("must be a table, is \(value.kind)") }
        return table.values.sorted { $0.key < $1.key }.map { ($0.key, TOMLReader(self, $0.key, $0.value)) }
    }

    /// A text.
    func string() throws(ConfigurationError) -> String {
        guard case .text(let text) = value else {
            throw mistake("must be a text in quotes, is \(value.kind)")
        }
        return text
    }

    /// Whether it is a table.
    var isTable: Bool {
        if case .table = value { true } else { false }
    }

    /// A text, or a whole number as one.
    func stringOrInt() throws(ConfigurationError) -> String {
        if case .integer(let number) = value { return String(number) }
        return try string()
    }

    /// true or false.
    func bool() throws(ConfigurationError) -> Bool {
        guard case .boolean(let bool) = value else {
            throw mistake("must be true or false, is \(value.kind)")
        }
        return bool
    }

    /// A whole number.
    func int() throws(ConfigurationError) -> Int {
        guard case .integer(let number) = value else {
            throw mistake("must be a whole number, is \(value.kind)")
        }
        return number
    }

    /// A list of texts; one text alone is a list of one.
    func strings() throws(ConfigurationError) -> [String] {
        if case .text(let text) = value { return [text] }
        guard case .list(let list) = value else { throw mistake("must be a list of texts, is \(value.kind)") }
        var texts: [String] = []
        for (index, element) in list.enumerated() {
            guard case .text(let text) = element else {
                throw mistake("element \(index + 1) must be a text, is \(element.kind)")
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
