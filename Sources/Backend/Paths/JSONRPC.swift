import WireProtocol

/// One JSON-RPC 2.0 request from a WebSocket client.
struct JSONRPCRequest {
    /// The request's id, given back in the answer; absent for a notification.
    let id: JSONValue?
    let method: String
    let parameters: JSONObject

    /// Reads a request.
    ///
    /// - Throws: the error to answer with.
    init(_ text: [UInt8]) throws(JSONRPCError) {
        let object: JSONObject
        do throws(JSONError) {
            guard let parsed = try JSONParser.parse(text).object else { throw JSONError.truncated(offset: 0) }
            object = parsed
        } catch { throw JSONRPCError(.parseError, "not a JSON object: \(error)") }
        guard object.string("jsonrpc") == "2.0", let method = object.string("method") else {
            throw JSONRPCError(.invalidRequest, "write {\"jsonrpc\":\"2.0\",\"method\":…}", id: object["id"])
        }
        id = object["id"]
        self.method = method
        parameters = object["params"]?.object ?? JSONObject()
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
