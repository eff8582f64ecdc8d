import WireProtocol

/// One JSON-RPC 2.0 request from a WebSocket client.
struct JSONRPCRequest {
    /// The request's id, given back in the answer; absent for a notification.
    let id: JSONValue?
    let method: String
    let parameters: JSONObject

    /// Reads a request; its own id follows the limit of all ids.
    ///
    /// - Throws: the error to answer with.
    init(_ text: [UInt8]) throws(JSONRPCError) {
        let value: JSONValue
        do throws(JSONError) { value = try JSONParser.parse(text) } catch {
            throw JSONRPCError(.parseError, "not JSON: \(error)")
        }
        guard let object = value.object else {
            throw JSONRPCError(.invalidRequest, "a request is a JSON object, one in each message")
        }
        id = try Self.requestID(object["id"])
        guard object.string("jsonrpc") == "2.0", let method = object.string("method") else {
            throw JSONRPCError(.invalidRequest, "write {\"jsonrpc\":\"2.0\",\"method\":…}", id: id)
        }
        self.method = method
        switch object["params"] {
        case nil, .null?: parameters = JSONObject()
        case .object(let members)?: parameters = members
        default: throw JSONRPCError(.invalidParameters, "params: an object of named parameters", id: id)
        }
    }

    /// A request's id: a text, a number or null (JSON-RPC 2.0, section 4).
    private static func requestID(_ id: JSONValue?) throws(JSONRPCError) -> JSONValue? {
        switch id {
        case .string(let text)? where text.utf8.count > IdentifierRule.maximumBytes:
            throw JSONRPCError(.invalidParameters, "id: at most \(IdentifierRule.maximumBytes) bytes")
        case .object?, .array?, .bool?:
            throw JSONRPCError(.invalidRequest, "id: a text, a number or null")
        default: return id
        }
    }

    /// The id among the parameters of that name; nil when it is absent or null.
    ///
    /// - Throws: invalid parameters when it is anything else than a text of 1 to 200 bytes.
    func identifier<ID: WireIdentifier>(_ name: String) throws(JSONRPCError) -> ID? {
        do throws(RunInputError) { return try parameters.identifier(name) } catch {
            throw JSONRPCError(.invalidParameters, error.description)
        }
    }

    /// The answer that all went well.
    func answer(_ result: JSONValue) -> JSONValue {
        ["jsonrpc": "2.0", "id": id ?? .null, "result": result]
    }
}

/// An error answer of JSON-RPC 2.0, section 5.1.
struct JSONRPCError: Error {
    /// The specification's codes, and ours from the range it leaves to servers.
    enum Code: Int64 {
        case parseError = -32700
        case invalidRequest = -32600
        case methodNotFound = -32601
        case invalidParameters = -32602
        case creationFailed = -32001
        case notFound = -32004
        case conflict = -32009
        case gone = -32010
        case limitReached = -32029
        case draining = -32053
    }

    let code: Code
    let message: String
    var id: JSONValue?

    init(_ code: Code, _ message: String, id: JSONValue? = nil) {
        self.code = code
        self.message = message
        self.id = id
    }

    var json: JSONValue {
        [
            "jsonrpc": "2.0", "id": id ?? .null,
            "error": ["code": .integer(code.rawValue), "message": .string(message)],
        ]
    }
}

extension SessionError {
    /// The same as a JSON-RPC error.
    var rpcError: JSONRPCError {
        switch self {
        case .creation(let words): JSONRPCError(.creationFailed, words)
        case .notFound: JSONRPCError(.notFound, "you have no session or run of that id")
        case .otherPath(let path):
            JSONRPCError(.conflict, "the session of that id belongs to the path \(path)")
        case .runExists: JSONRPCError(.conflict, "a run of that id is under way")
        case .noInterrupt:
            JSONRPCError(.conflict, "resume: the session's last run ended with no such interrupt")
        case .draining: JSONRPCError(.draining, "the server is stopping; connect again")
        case .userLimit(let kind, let limit):
            JSONRPCError(
                .limitReached, "you have \(limit) \(kind.rawValue), the limit of one user; end one first")
        }
    }
}
