import NIOHTTP1

/// A server's judgement of a client's handshake (RFC 6455 4.2.1).
enum ServerHandshake: Sendable, Equatable {
    /// Answered with 101; the key's hash, and the subprotocol if both know one.
    case accepted(acceptKey: String, subprotocol: String?)
    /// Another version than 13: answered with 426 and the version that is spoken (4.4).
    case wrongVersion
    /// Not a handshake the RFC allows: answered with 400 and what is wrong with it.
    case invalid(String)

    /// The only version there is (RFC 6455 4.1).
    static let version = "13"

    /// Whether a request asks for a WebSocket at all.
    static func isAttempt(_ head: HTTPRequestHead) -> Bool {
        head.headers.hasToken("websocket", in: "upgrade")
            && head.headers.hasToken("upgrade", in: "connection")
    }

    /// Judges an attempt; `subprotocols` are the server's, the preferred one first.
    init(judging head: HTTPRequestHead, subprotocols: [String]) {
        let headers = head.headers
        let keys = headers["sec-websocket-key"]
        guard head.method == .GET, head.version == .http1_1 else {
            self = .invalid("a WebSocket handshake is a GET of HTTP/1.1")
            return
        }
        guard headers.tokens("sec-websocket-version") == [Self.version] else {
            self = .wrongVersion
            return
        }
        guard keys.count == 1, let key = keys.first, Base64.encodesSixteenBytes(key) else {
            self = .invalid("Sec-WebSocket-Key is not 16 bytes of Base64")
            return
        }
        guard headers["host"].count == 1 else {
            self = .invalid("a WebSocket handshake names one Host")
            return
        }
        guard !headers.contains(name: "transfer-encoding"),
            headers["content-length"].allSatisfy({ $0 == "0" })
        else {
            self = .invalid("a WebSocket handshake has no body")
            return
        }
        let offered = headers.tokens("sec-websocket-protocol")
        self = .accepted(
            acceptKey: AcceptKey.answer(to: key),
            subprotocol: subprotocols.first(where: offered.contains))
    }
}
