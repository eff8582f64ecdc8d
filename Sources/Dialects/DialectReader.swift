public import WireProtocol

/// Reads a backend beyond its health: says what to ask, and takes what is answered.
///
/// A value without I/O and without a clock. The client keeps exactly what
/// ``requests`` lists going, asks again for it after each answer, and gives
/// every answer to ``take(_:at:)``.
public protocol DialectReader: Sendable {
    /// What is to be asked from now on.
    var requests: [DialectRequest] { get }
    /// Takes an answer and gives what it says; `moment` is when it arrived.
    mutating func take(_ answer: DialectAnswer, at moment: Timestamp) -> [Message]
}

/// One address that a reader wants to be asked.
public struct DialectRequest: Hashable, Sendable {
    /// How often it is asked.
    public enum Rhythm: Hashable, Sendable {
        /// One time, again only after a lost link.
        case once
        /// Again and again, this long after each answer.
        case every(Duration)
        /// An event stream that is kept open and resumed.
        case stream
        /// A WebSocket that is kept open and only listened to; asked only where the operator gave a token.
        case socket

        /// Whether its answer never ends by itself.
        public var isOpenEnded: Bool {
            switch self {
            case .stream, .socket: true
            case .once, .every: false
            }
        }
    }

    /// The path and query, below the target's origin.
    public let path: String
    /// How often.
    public let rhythm: Rhythm
    /// A JSON body, which makes it a POST; nil for a GET.
    public let body: JSONValue?
    /// How long an answer may take, when it is known to be slow; nil for the usual time.
    public let timeout: Duration?
    /// Header fields of the protocol, by their names in lower case.
    public let headers: [String: String]
    /// Whether the path is one of the target's origin, and not below the path that the dialect is mounted at.
    public let isOfOrigin: Bool
    /// Whether the address is only guessed; guesses are asked two at a time.
    public let isGuess: Bool

    /// A request for a path.
    public init(
        _ path: String, _ rhythm: Rhythm, body: JSONValue? = nil, timeout: Duration? = nil,
        headers: [String: String] = [:], isOfOrigin: Bool = false, isGuess: Bool = false
    ) {
        self.path = path
        self.rhythm = rhythm
        self.body = body
        self.timeout = timeout
        self.headers = headers
        self.isOfOrigin = isOfOrigin
        self.isGuess = isGuess
    }
}

/// What came of a request.
public enum DialectAnswer: Sendable {
    /// The health endpoint's answer, which the client polls by itself.
    case health(HealthRecord, body: [UInt8])
    /// A whole answer, and how long it took.
    case document(DialectRequest, HealthAnswerDocument, took: Duration)
    /// A stream is open now, anew or again.
    case opened(DialectRequest)
    /// One event of a stream.
    case event(DialectRequest, ServerSentEvent)
    /// One text frame of a WebSocket.
    case frame(DialectRequest, [UInt8])
    /// No answer, or a stream that broke; in words.
    case failed(DialectRequest, reason: String)
}
