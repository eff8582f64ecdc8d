import NIOHTTP1
import Testing

@testable import WebSocketTransport

@Suite struct HandshakeTests {
    @Test func keyOfTheRFCGivesTheAnswerOfTheRFC() {
        #expect(AcceptKey.answer(to: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    /// FIPS 180-4's examples, and both sides of a block's end (55, 56 and 64 bytes).
    @Test(arguments: [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
        ),
        (String(repeating: "a", count: 55), "c1c8bbdc22796e28c0e15163d20899b65621d65a"),
        (String(repeating: "a", count: 64), "0098ba824b5c16427bd7a1122a5a442a25ec644d"),
    ]) func digestsAreThoseOfTheStandard(_ message: String, _ digest: String) {
        let hex = SHA1.digest(Array(message.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        #expect(hex.joined() == digest)
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ]) func encodingIsThatOfRFC4648(_ text: String, _ encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
    }

    static let good: HTTPHeaders = [
        "host": "a", "upgrade": "websocket", "connection": "keep-alive, Upgrade",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==", "sec-websocket-version": "13",
    ]

    private func judged(
        _ change: (inout HTTPRequestHead) -> Void, subprotocols: [String] = []
    ) -> ServerHandshake {
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: Self.good)
        change(&head)
        return ServerHandshake(judging: head, subprotocols: subprotocols)
    }

    @Test func goodHandshakeIsAccepted() {
        let accepted = ServerHandshake.accepted(
            acceptKey: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", subprotocol: nil)
        #expect(judged { _ in } == accepted)
        #expect(judged { $0.headers.add(name: "content-length", value: "0") } == accepted)
    }

    @Test(arguments: ["12", "8", "14", "x", "", "13, 8"]) func onlyVersion13IsSpoken(_ version: String) {
        let answer = judged { $0.headers.replaceOrAdd(name: "sec-websocket-version", value: version) }
        #expect(answer == .wrongVersion)
        #expect(judged { $0.headers.remove(name: "sec-websocket-version") } == .wrongVersion)
    }

    @Test func handshakeTheRFCForbidsIsInvalid() {
        let changes: [(inout HTTPRequestHead) -> Void] = [
            { $0.method = .POST }, { $0.version = .http1_0 },
            { $0.headers.remove(name: "sec-websocket-key") },
            { $0.headers.replaceOrAdd(name: "sec-websocket-key", value: "c2hvcnQ=") },
            { $0.headers.replaceOrAdd(name: "sec-websocket-key", value: "dGhlIHNhbXBsZSBub25jZ!==") },
            { $0.headers.add(name: "sec-websocket-key", value: "dGhlIHNhbXBsZSBub25jZQ==") },
            { $0.headers.remove(name: "host") }, { $0.headers.add(name: "content-length", value: "1") },
            { $0.headers.add(name: "transfer-encoding", value: "chunked") },
        ]
        for change in changes {
            guard case .invalid = judged(change) else {
                Issue.record("accepted")
                continue
            }
        }
    }

    @Test(
        arguments: [
            (["ag-ui.v1.json", "b"], "b, ag-ui.v1.json", "ag-ui.v1.json"), (["a", "b"], "c,b", "b"),
            (["a"], "A", nil), ([], "a", nil), (["a"], "", nil),
        ] as [([String], String, String?)])
    func serverPrefersTheFirstOfItsOwnSubprotocols(_ own: [String], _ offered: String, _ chosen: String?) {
        let answer = judged(
            { $0.headers.add(name: "sec-websocket-protocol", value: offered) }, subprotocols: own)
        #expect(
            answer == .accepted(acceptKey: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", subprotocol: chosen))
    }

    @Test(arguments: [
        ("websocket", "Upgrade", true), ("WebSocket", "upgrade, close", true),
        ("h2c, websocket", "upgrade", true),
        ("h2c", "upgrade", false), ("websocket", "keep-alive", false), ("", "upgrade", false),
    ]) func attemptNamesBothHeaders(_ upgrade: String, _ connection: String, _ isAttempt: Bool) {
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
        head.headers = ["upgrade": upgrade, "connection": connection]
        #expect(ServerHandshake.isAttempt(head) == isAttempt)
    }

    private let client = ClientHandshake(key: "dGhlIHNhbXBsZSBub25jZQ==", subprotocols: ["a", "b"])

    @Test(
        arguments: [
            ([:], .success(nil)), (["Sec-WebSocket-Protocol": "b"], .success("b")),
            (["Sec-WebSocket-Protocol": "c"], .failure(.unofferedSubprotocol("c"))),
            (["Sec-WebSocket-Accept": "AAAA"], .failure(.wrongAccept)),
            (["Upgrade": "h2c"], .failure(.missingUpgrade)),
            (["Connection": "close"], .failure(.missingConnection)),
            (["Sec-WebSocket-Extensions": "x"], .failure(.unofferedExtension("x"))),
        ] as [([String: String], Result<String?, HandshakeFault>)])
    func answerIsChecked(_ change: [String: String], _ result: Result<String?, HandshakeFault>) {
        var headers: HTTPHeaders = [
            "Upgrade": "WebSocket", "Connection": "Upgrade",
            "Sec-WebSocket-Accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        ]
        for (name, value) in change { headers.replaceOrAdd(name: name, value: value) }
        let head = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: headers)
        let judged = Result { () throws(HandshakeFault) in try client.subprotocol(acceptedBy: head) }
        #expect(judged == result)
    }

    @Test(arguments: ["", "x", "/a b", "/a\r\nX: y", "/作"]) func pathThatCannotBeSentIsRefused(_ path: String)
    {
        #expect(throws: WebSocketError.invalidRequest("path \(path)")) {
            try client.request(host: "a", port: 80, path: path, headers: [])
        }
    }

    @Test func headerThatWouldBeTwoIsRefused() {
        #expect(throws: WebSocketError.invalidRequest("X-Y")) {
            do throws(WebSocketError) {
                _ = try client.request(
                    host: "a", port: 80, path: "/", headers: [(name: "X-Y", value: "1\r\nZ: 2")])
            } catch .invalidRequest(let text) {
                throw WebSocketError.invalidRequest(String(text.dropFirst("header ".count)))
            }
        }
    }
}
