public import WireProtocol

/// An answer before anybody read it.
public struct HealthAnswerDocument: Sendable {
    /// The HTTP status.
    public let status: Int
    /// The media type, as it was sent.
    public let contentType: String?
    /// The body, at most 1 MiB.
    public let body: [UInt8]
    /// What the `server` header says, where there is one.
    public var server: String?

    /// Puts an answer together.
    public init(status: Int, contentType: String?, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// The body as JSON, whatever the media type says; nil when it is none.
    public var json: JSONValue? { try? JSONParser.parse(body) }
}
