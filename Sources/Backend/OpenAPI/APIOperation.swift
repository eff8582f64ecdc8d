import HTTPTypes
import WireProtocol

/// One route as `/openapi.json` describes it.
struct APIOperation: Sendable {
    /// Who may use a route (WIRE.md "Routes").
    enum Audience: Sendable { case anyone, user, operators, actors }

    /// One good answer; a schema's name, or nil for a text or stream.
    struct Answer: Sendable {
        let status: Int
        var mediaType: String? = "application/json"
        var schema: String?
        let words: String
    }

    let method: HTTPRequest.Method
    /// With `{name}` for what is filled in.
    let path: String
    let audience: Audience
    let summary: String
    /// Query parameters by name, each with its meaning.
    var query: [(name: String, words: String)] = []
    /// The schema of the body; nil when there is none.
    var body: String?
    var answers: [Answer]
    /// Statuses of problem documents beyond those that its audience brings.
    var problems: [Int] = []

    /// A name for generated clients, such as `getV1SessionsId`.
    var identity: String {
        let words = path.split { "/{}-._".contains($0) }
        return method.rawValue.lowercased()
            + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    /// What a request for that path may do, HEAD where GET is possible; nothing for a path that is not described.
    static func methods(ofPath path: String) -> [HTTPRequest.Method] {
        let parts = path.split(separator: "/")
        return all.filter { operation in
            let template = operation.path.split(separator: "/")
            return template.count == parts.count
                && zip(template, parts).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
        }.flatMap { $0.method == .get ? [.get, .head] : [$0.method] }
    }

    /// The operation object of OpenAPI 3.1.
    var json: JSONValue {
        var object: JSONObject = ["operationId": .string(identity), "summary": .string(summary)]
        object["tags"] = [.string(tag)]
        object["security"] = security
        let parameters = pathParameters + query.map { Self.parameter($0.name, in: "query", $0.words) }
        if !parameters.isEmpty { object["parameters"] = .array(parameters) }
        if let body {
            object["requestBody"] = [
                "required": true, "content": ["application/json": ["schema": Self.reference(body)]],
            ]
        }
        object["responses"] = responses
        return .object(object)
    }

    private var tag: String {
        switch audience {
        case .anyone: "health"
        case .user: "sessions"
        case .operators, .actors: "monitoring"
        }
    }

    private var security: JSONValue {
        switch audience {
        case .anyone: []
        case .user: [["user": []]]
        case .operators, .actors: [["operator": []]]
        }
    }

    private var pathParameters: [JSONValue] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { part in
            Self.parameter(String(part.dropFirst().dropLast()), in: "path", "Percent-encoded.")
        }
    }

    private static func parameter(_ name: String, in place: String, _ words: String) -> JSONValue {
        [
            "name": .string(name), "in": .string(place), "required": .bool(place == "path"),
            "description": .string(words), "schema": ["type": "string"],
        ]
    }

    private var responses: JSONValue {
        var object = JSONObject()
        for answer in answers {
            var response: JSONObject = ["description": .string(answer.words)]
            if let type = answer.mediaType {
                let schema = answer.schema.map(Self.reference) ?? ["type": "string"]
                response["content"] = .object([type: ["schema": schema]])
            }
            object[String(answer.status)] = .object(response)
        }
        var refusals = problems
        if audience != .anyone { refusals += [401, 403, 415, 429].filter { !problems.contains($0) } }
        for status in refusals.sorted() {
            object[String(status)] = ["$ref": .string("#/components/responses/problem\(status)")]
        }
        return .object(object)
    }

    static func reference(_ schema: String) -> JSONValue {
        ["$ref": .string("#/components/schemas/" + schema)]
    }
}
