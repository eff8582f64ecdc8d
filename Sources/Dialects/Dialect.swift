public import WireProtocol

/// How one kind of backend spells what a console wants to know.
public struct Dialect: Sendable {
    /// The name that `--dialect` takes and snapshots carry.
    public let name: String
    /// The paths that are asked for health when the target names none, in order.
    public let healthPaths: [String]
    /// Whether a health answer is this dialect's.
    public let recognizes: @Sendable (HealthAnswerDocument) -> Bool
    /// What it can see, and what would enable the rest.
    public let coverage: Coverage

    /// Every dialect, the most specific first. Add one here and its file.
    public static let all: [Dialect] = [.native, .genericHealth]

    /// The first dialect that recognises the answer; the generic one takes all.
    public static func recognizing(_ answer: HealthAnswerDocument) -> Dialect {
        all.first { $0.recognizes(answer) } ?? .genericHealth
    }
}

/// A health endpoint's answer before anybody read it.
public struct HealthAnswerDocument: Sendable {
    /// The HTTP status.
    public let status: Int
    /// The media type, as it was sent.
    public let contentType: String?
    /// The body, at most 1 MiB.
    public let body: [UInt8]

    /// Puts an answer together.
    public init(status: Int, contentType: String?, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// The body as JSON, whatever the media type says; nil when it is none.
    public var json: JSONValue? { try? JSONParser.parse(body) }
}
