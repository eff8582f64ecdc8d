import NIOHTTP1

/// The client's half of the opening handshake (RFC 6455 4.1): what it asks and what it accepts.
struct ClientHandshake: Sendable {
    let key: String
    let subprotocols: [String]

    /// The request that asks for a WebSocket.
    ///
    /// - Throws: `invalidRequest` when a value cannot stand in an HTTP request.
    func request(
        host: String, port: Int, path: String, headers: [(name: String, value: String)]
    ) throws(WebSocketError) -> HTTPRequestHead {
        guard path.hasPrefix("/"), path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .invalidRequest("path \(path)")
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .invalidRequest("host \(host)")
        }
        let name = host.contains(":") ? "[\(host)]" : host
        var all: HTTPHeaders = [
            "Host": port == 80 ? name : "\(name):\(port)", "Upgrade": "websocket", "Connection": "Upgrade",
            "Sec-WebSocket-Key": key, "Sec-WebSocket-Version": ServerHandshake.version,
        ]
        if !subprotocols.isEmpty {
            all.add(name: "Sec-WebSocket-Protocol", value: subprotocols.joined(separator: ", "))
        }
        for (name, value) in headers { all.add(name: name, value: value) }
        for (name, value) in all where !Self.isWritable(name: name, value: value) {
            throw .invalidRequest("header \(name)")
        }
        return HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: all)
    }

    /// Whether a header can be sent without being taken for two (RFC 9110 5.1, 5.5).
    private static func isWritable(name: String, value: String) -> Bool {
        let separators = Set("\"(),/:;<=>?@[\\]{}".utf8)
        return !name.isEmpty
            && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !separators.contains($0) }
            && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }

    /// Checks a 101 answer; gives the subprotocol the server chose.
    func subprotocol(acceptedBy head: HTTPResponseHead) throws(HandshakeFault) -> String? {
        let headers = head.headers
        guard headers.hasToken("websocket", in: "upgrade") else { throw .missingUpgrade }
        guard headers.hasToken("upgrade", in: "connection") else { throw .missingConnection }
        guard headers["sec-websocket-accept"] == [AcceptKey.answer(to: key)] else { throw .wrongAccept }
        if let name = headers.tokens("sec-websocket-extensions").first { throw .unofferedExtension(name) }
        let chosen = headers["sec-websocket-protocol"]
        guard let first = chosen.first else { return nil }
        guard chosen.count == 1, subprotocols.contains(first) else { throw .unofferedSubprotocol(first) }
        return first
    }
}
