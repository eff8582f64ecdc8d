public import WireProtocol

/// An answer before anybody read it.
public struct HealthAnswerDocument: Sendable {
    /// The HTTP status.
    public let status: Int
    /// The media type, as it was sent.
    public let contentType: String?
    /// The body, at most 1 MiB.
    public var body: [UInt8]
    /// What the `server` header says, where there is one.
    public var server: String?
    /// The fields after the body, by lower-case names; gRPC says there how a call ended.
    public var trailers: [String: String] = [:]

    /// Puts an answer together.
    public init(status: Int, contentType: String?, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// Whether a gRPC server gave it, to a call of ours or to a plain GET.
    public var isGRPC: Bool { contentType?.lowercased().hasPrefix("application/grpc") == true }

    /// The body as JSON, whatever the media type says; nil when it is none.
    public var json: JSONValue? { try? JSONParser.parse(body) }
}
