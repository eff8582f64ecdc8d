public import Dialects

/// How backends are asked.
public struct ClientOptions: Sendable {
    /// How long one answer may take.
    public var timeout = Duration.seconds(5)
    /// How often health is asked while the console is open.
    public var healthInterval = Duration.seconds(2)
    /// How long the first health of a connect may wait for the first answers of readiness routes.
    public var readinessPatience = Duration.milliseconds(500)
    /// How long a one-shot command waits at most for the boots that greet on further connections.
    public var greetingPatience = Duration.seconds(2)
    /// How often a whole snapshot is taken although events tell the same.
    public var snapshotInterval = Duration.seconds(30)
    /// The operator's token; sent to the target's own origin only.
    public var token: String?
    /// Further header fields of every request.
    public var headers: [(name: String, value: String)] = []
    /// The users whose sessions are asked for, where a server lists them by user only; empty for the dialect's own.
    public var users: [String] = []
    /// A file of certificate authorities in PEM form, instead of the system's.
    public var certificateAuthorities: String?
    /// Whether any certificate is accepted; the console says so on screen.
    public var acceptsAnyCertificate = false
    /// The vocabulary of health answers.
    public var healthWords = HealthWords.standard

    /// The defaults.
    public init() {}

    /// Takes the first token of a token file, lines `TOKEN NAME …`, `#` comments.
    public mutating func useToken(ofFile text: String) -> Bool {
        for line in text.split(whereSeparator: \.isNewline) {
            guard let word = line.prefix(while: { $0 != "#" }).split(whereSeparator: \.isWhitespace).first
            else {
                continue
            }
            token = String(word)
            return true
        }
        return false
    }

    /// Adds the fields of a header file, lines `Name: value`, `#` comments; false when a line is none.
    public mutating func addHeaders(ofFile text: String) -> Bool {
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            if line.allSatisfy(\.isWhitespace) { continue }
            // RFC 9110 section 5.6.2: a field's name is a token, so that no space can stand in it.
            guard let colon = line.firstIndex(of: ":"), colon != line.startIndex,
                !line[..<colon].contains(where: \.isWhitespace)
            else { return false }
            var value = line[line.index(after: colon)...].drop(while: \.isWhitespace)
            while value.last?.isWhitespace == true { value.removeLast() }
            headers.append((String(line[..<colon]), String(value)))
        }
        return true
    }
}
