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
    /// The scheme that `WWW-Authenticate` names, such as `Bearer`; nil without the field.
    public var challenge: String?
    /// Whether a token or an `Authorization` field was sent with the request.
    public var isAuthorized = false
    /// Why the body is not what the server meant to say, such as `compressed with br`; nil when it is.
    public var obstacle: String?
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

    /// Whether the body is a whole page for people.
    public var isPage: Bool { if case .page = MarkupText.kind(body) { true } else { false } }

    /// Why access was refused and what to send; nil for any status but 401 and 403.
    public var refusal: String? {
        let scheme = challenge.map { " (\($0))" } ?? ""
        switch (status, isAuthorized) {
        case (401, true): return "HTTP 401: the token is not accepted\(scheme)"
        case (403, true): return "HTTP 403: the token may not read this endpoint"
        case (401, false), (403, false):
            // Our --token-file sends a Bearer token; any other scheme is a header field.
            let isBearer = challenge.map { $0.lowercased() == "bearer" } ?? true
            let flags =
                isBearer ? challenge == nil ? "--token-file, --header-file" : "--token-file" : "--header-file"
            return "HTTP \(status): this endpoint needs a token\(scheme); send it with \(flags)"
        default: return nil
        }
    }
}
