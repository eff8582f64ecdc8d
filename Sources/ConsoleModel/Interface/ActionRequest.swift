import PatternDetection
import WireProtocol

/// Something to be done to a backend by an operator (WIRE.md, routes).
public struct ActionRequest: Hashable, Sendable {
    /// What is done.
    public enum Kind: Hashable, Sendable {
        /// Ends a session of a user; nil where none is known.
        case terminate(SessionID, of: UserID?)
        /// Disposes of a dispatcher.
        case dispose(DispatcherID)
        /// Moves a path to another initialization pattern.
        case setPattern(ConsumerPath, Verdict)
    }

    /// To which backend.
    public let backend: BackendKey
    /// What is done.
    public let kind: Kind

    /// Puts a request together.
    public init(backend: BackendKey, kind: Kind) {
        self.backend = backend
        self.kind = kind
    }

    /// The word that a person types to confirm it.
    public var word: String {
        switch kind {
        case .terminate: "terminate"
        case .dispose: "dispose"
        case .setPattern(.everyPath, let verdict): "all-\(verdict.name)"
        case .setPattern(_, let verdict): verdict.name
        }
    }

    /// What it does, for prompts, messages and audit lines: `terminate session …c07d12`.
    public var words: String {
        switch kind {
        case .terminate(let id, _): "terminate session \(IDText.tail(id.rawValue))"
        case .dispose(let id): "dispose dispatcher \(IDText.tail(id.rawValue))"
        case .setPattern(.everyPath, let verdict): "switch every path to \(verdict.name)"
        case .setPattern(let path, let verdict): "switch \(path) to \(verdict.name)"
        }
    }

    /// The words of several requests and what each does: `terminate session …c07d12`, `http: factory, singleton`.
    public static func choices(_ requests: [ActionRequest]) -> String {
        var words: [String] = []
        var patterns: [(path: String, names: [String])] = []
        for request in requests {
            switch request.kind {
            case .terminate, .dispose: words.append(request.words)
            case .setPattern(let path, _):
                let name = path == .everyPath ? "all paths" : path.rawValue
                if patterns.last?.path != name { patterns.append((name, [])) }
                patterns[patterns.count - 1].names.append(request.word)
            }
        }
        words += patterns.map { "\($0.path): " + $0.names.joined(separator: ", ") }
        return words.joined(separator: "; ")
    }

    /// The route under the monitoring root, percent-encoded; it is POSTed to.
    public var route: String {
        switch kind {
        case .terminate(let id, let user):
            "/sessions/\(Self.encoded(id.rawValue))/terminate"
                + (user.map { "?user=\(Self.encoded($0.rawValue))" } ?? "")
        case .dispose(let id): "/dispatchers/\(Self.encoded(id.rawValue))/dispose"
        case .setPattern(let path, _): "/paths/\(Self.encoded(path.rawValue))/pattern"
        }
    }

    /// The JSON body; nil where the route needs none.
    public var body: JSONValue? {
        switch kind {
        case .terminate, .dispose: nil
        case .setPattern(_, let verdict): .object(["pattern": .string(verdict.description)])
        }
    }

    /// Everything but the unreserved characters of RFC 3986 as `%XX`.
    private static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { result, byte in
            let scalar = UnicodeScalar(byte)
            let isPlain = byte < 0x80 && (scalar.properties.isAlphabetic || (0x30...0x39).contains(byte))
            if isPlain || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte) {
                result.unicodeScalars.append(scalar)
            } else {
                result += "%" + String(digits[Int(byte >> 4)]) + String(digits[Int(byte & 15)])
            }
        }
    }
}

extension ConsumerPath {
    /// The name that stands for all paths of a backend at once, in its routes (WIRE.md).
    static let everyPath = ConsumerPath(rawValue: "all")
}

/// What became of an ``ActionRequest``.
public enum ActionOutcome: Hashable, Sendable {
    /// The backend did it; its words, or empty.
    case done(String)
    /// The backend refused: the token lacks the scope `act`, or what it is about is gone; its words.
    case refused(String)
    /// It could not be asked; why.
    case failed(String)
}
