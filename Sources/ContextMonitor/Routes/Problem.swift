public import HTTPTypes
public import Hummingbird
import NIOCore
import WireProtocol

/// An error answer in the format of RFC 9457, thrown by routes.
public struct Problem: HTTPResponseError {
    /// The HTTP status.
    public let status: HTTPResponse.Status
    /// What happened, to what, what to do.
    public let detail: String
    /// Further members of the document.
    public var members: JSONObject
    /// Further header fields, such as `WWW-Authenticate` and `Retry-After`.
    public var headers: HTTPFields

    /// Puts an answer together.
    public init(
        _ status: HTTPResponse.Status, _ detail: String, members: JSONObject = [:], headers: HTTPFields = [:]
    ) {
        self.status = status
        self.detail = detail
        self.members = members
        self.headers = headers
    }

    /// The answer of RFC 6750 section 3 to missing or wrong credentials.
    public static func unauthorized(reason: String?, _ detail: String) -> Problem {
        let parameter = reason.map { ", error=\"\($0)\"" } ?? ""
        return Problem(
            .unauthorized, detail, headers: [.wwwAuthenticate: "Bearer realm=\"ctxtop\"" + parameter])
    }

    /// The answer to an id that several users have; the member `owners` lists them.
    public static func severalOwners(of what: String, _ owners: [UserID]) -> Problem {
        Problem(
            .conflict, "\(owners.count) users have a \(what); add ?user=NAME with one of the owners",
            members: ["owners": .array(owners.map { .string($0.rawValue) })])
    }

    /// The document as a response.
    public func response(from request: Request, context: some RequestContext) -> Response {
        var object: JSONObject = [
            "type": "about:blank", "title": .string(status.reasonPhrase),
            "status": .integer(Int64(status.code)),
            "detail": .string(detail),
        ]
        for member in members.members { object.append(member.name, member.value) }
        var fields = headers
        fields[.contentType] = "application/problem+json"
        fields[.cacheControl] = "no-store"
        return Response(status: status, headers: fields, body: .init(json: .object(object)))
    }
}

extension Request {
    /// The user that `?user=NAME` names; nil when the query has none.
    public var namedUser: UserID? {
        uri.queryParameters["user"].map { UserID(rawValue: String($0)) }
    }
}

extension ResponseBody {
    /// A JSON document with its length.
    public init(json: JSONValue) { self.init(byteBuffer: ByteBuffer(bytes: json.serialized)) }
}

extension Response {
    /// A JSON answer that nobody may cache.
    public init(
        json: JSONValue, status: HTTPResponse.Status = .ok, mediaType: String = "application/json"
    ) {
        self.init(
            status: status, headers: [.contentType: mediaType, .cacheControl: "no-store"],
            body: .init(json: json))
    }
}
