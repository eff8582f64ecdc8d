import AsyncHTTPClient
import ContextMonitor
import NIOHTTP1
import PatternDetection
import Testing
import WireProtocol

@testable import Backend
@testable import SyntheticUsers

/// One limit for every id that a client sends, on every path, and nothing kept of what was refused.
@Suite(.timeLimit(.minutes(5))) struct IdentifierLimitTests {
    private static let run = "/v1/agents/assistant/ag-ui"
    private static let words = "a text of 1 to 200 bytes"
    /// 200 bytes in 100 characters, and one byte more.
    private static let longest = String(repeating: "ä", count: 100)
    private static let tooLong = longest + "x"

    @Test(arguments: ["threadId", "runId", "parentRunId"])
    func aBodyMayHoldIdsOf200Bytes(_ name: String) async throws {
        try await RunningBackend.with { backend in
            for route in [Self.run, "/v1/jobs"] {
                var body: JSONObject = ["prompt": "1+1", name: .string(Self.longest)]
                #expect(
                    try await (200...202).contains(
                        backend.text(route, as: "ada", method: .POST, .object(body)).status))
                body[name] = .string(Self.tooLong)
                let refused = try await backend.send(.POST, route, .object(body), as: "ada")
                #expect(refused.status == 400)
                #expect(refused.body["detail"]?.string == "\(name): \(Self.words)")
            }
        }
    }

    @Test(
        arguments: [
            ["parent": .string(tooLong)],
            ["tools": [["name": .string(tooLong)]]],
            ["resume": [["interruptId": .string(tooLong), "status": "resolved"]]],
        ] as [JSONObject])
    func otherIdsOfABodyHaveTheSameLimit(_ part: JSONObject) async throws {
        try await RunningBackend.with { backend in
            var body = part
            body["prompt"] = "1+1"
            let refused = try await backend.send(.POST, "/v1/jobs", .object(body), as: "ada")
            #expect(refused.status == 400)
            #expect(refused.body["detail"]?.string?.contains(Self.words) == true)
        }
    }

    @Test(arguments: [
        (HTTPMethod.GET, "/v1/sessions/ID"), (.GET, "/v1/sessions/ID/events"), (.GET, "/v1/runs/ID"),
        (.GET, "/v1/runs/ID/events"), (.DELETE, "/v1/runs/ID"), (.GET, "/v1/jobs/ID"),
        (.DELETE, "/v1/jobs/ID"),
        (.POST, "/monitor/v1/sessions/ID/terminate"), (.POST, "/monitor/v1/dispatchers/ID/dispose"),
    ])
    func anIDInAPathHasTheSameLimit(_ method: HTTPMethod, _ route: String) async throws {
        try await RunningBackend.with { backend in
            let path = { (id: String) in route.replacing("ID", with: id) }
            let body: JSONValue? = method == .POST ? [:] : nil
            let longest = String(repeating: "%C3%A4", count: 100)
            #expect(try await backend.send(method, path(longest), body, as: "ada").status == 404)
            let refused = try await backend.send(method, path(longest + "x"), body, as: "ada")
            #expect(refused.status == 400)
            #expect(refused.body["detail"]?.string == "id: \(Self.words)")
        }
    }

    @Test func aUsersNameIsRefusedAndNeverCut() async throws {
        try await RunningBackend.with { backend in
            let name = String(repeating: "u", count: 200)
            #expect(try await backend.get("/v1/sessions", as: name).status == 200)
            let refused = try await backend.get("/v1/sessions", as: name + "1")
            #expect(refused.status == 400)
            #expect(refused.body["detail"]?.string == "X-Ctxtop-User: \(Self.words)")
            await #expect(throws: (any Error).self) { try await RawChat(port: backend.port, as: name + "1") }
            let file = name + "1 token"
            #expect(throws: UsersFileError.longName(line: 1)) { try UserAccess.parse(file: file) }
        }
    }

    @Test(arguments: [
        ("session.open", "session"), ("session.resume", "session"), ("run.cancel", "run"),
        ("run.start", "session"), ("run.start", "runId"), ("run.start", "threadId"),
    ])
    func aRequestOverAWebSocketHasTheSameLimit(_ method: String, _ name: String) async throws {
        try await RunningBackend.with { backend in
            let chat = try await RawChat(port: backend.port, as: "ada")
            var parameters: JSONObject = ["prompt": "1+1"]
            for value: JSONValue in [.string(Self.tooLong), "", 5] {
                parameters[name] = value
                let answer = try await chat.ask(method, parameters)
                #expect(answer?["error"]?["code"] == -32602)
                #expect(answer?["error"]?["message"]?.string == "\(name): \(Self.words)")
            }
            parameters[name] = .string(Self.longest)
            #expect(
                try await chat.ask(method, parameters)?["error"]?["code"] != -32602 || method == "run.start")
            chat.close()
        }
    }

    @Test func aWrongRequestIsAnsweredByItsCode() async throws {
        try await RunningBackend.with { backend in
            let chat = try await RawChat(port: backend.port, as: "ada")
            let requests: [(text: String, code: Int64, id: JSONValue)] = [
                ("{\"jsonrpc\":", -32700, .null), ("no", -32700, .null), ("[]", -32600, .null),
                ("5", -32600, .null), ("null", -32600, .null), ("{}", -32600, .null),
                (#"{"jsonrpc":"1.0","id":4,"method":"ping"}"#, -32600, 4),
                (#"{"jsonrpc":"2.0","id":"a","method":7}"#, -32600, "a"),
                (#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, -32600, .null),
                (#"{"jsonrpc":"2.0","id":4,"method":"nothing"}"#, -32601, 4),
                (#"{"jsonrpc":"2.0","id":4,"method":"ping","params":[1]}"#, -32602, 4),
                (#"{"jsonrpc":"2.0","id":4,"method":"run.cancel"}"#, -32602, 4),
                (#"{"jsonrpc":"2.0","id":""# + Self.tooLong + #"","method":"ping"}"#, -32602, .null),
            ]
            for request in requests {
                let answer = try await chat.exchange(request.text)
                #expect(answer?["error"]?["code"] == .integer(request.code), "\(request.text)")
                #expect(answer?["id"] == request.id, "\(request.text)")
            }
            let long = try await chat.ask(String(repeating: "m", count: 100_000), [:])
            #expect(long?["error"]?["code"] == -32601)
            #expect((long?["error"]?["message"]?.string?.utf8.count ?? .max) < 200)
            chat.close()
        }
    }

    @Test func onlyABodyThatIsTooLargeIs413() async throws {
        try await RunningBackend.with { backend in
            let padding = JSONValue.string(String(repeating: "x", count: 1 << 20))
            let large = try await backend.send(.POST, "/v1/jobs", ["prompt": padding], as: "ada")
            #expect(large.status == 413)
            for body: JSONValue in [[], "text", 5, .null] {
                let refused = try await backend.send(.POST, "/v1/jobs", body, as: "ada")
                #expect(refused.status == 400)
                #expect(refused.body["detail"] == "the body must be a JSON object, not another JSON value")
            }
            let head = "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            let broken = try await RawHTTP.exchange(
                [head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"], port: backend.port)
            #expect(!broken.contains("413"))
        }
    }

    /// A refused request leaves nothing: the connection would keep it as long as it is open.
    @Test func nothingIsKeptOfRefusedSessions() async throws {
        try await RunningBackend.with {
            $0.userLimits.dispatchers = 1
        } _: { backend in
            let chat = try await RawChat(port: backend.port, as: "bob")
            var conversation = WebSocketConversation(
                hub: backend.server.backend.hub, connection: chat.connection, user: "ada", id: "c",
                traceparent: nil)
            for number in 0..<50 {
                for method in ["session.open", "session.resume"] {
                    let request: JSONValue = [
                        "jsonrpc": "2.0", "id": 1, "method": .string(method),
                        "params": ["session": .string("s\(number)-\(number == 0 ? "open" : method)")],
                    ]
                    await conversation.take(request.serialized)
                }
            }
            #expect(conversation.wanted == ["s0-open"])
            chat.close()
        }
    }

    @Test func aFloodOfOneUserLeavesTheEventsOfOthers() async throws {
        try await RunningBackend.with {
            $0.ringMaximumBytes = 64 << 10
        } _: { backend in
            #expect(await backend.work(on: .http, as: "ada", "1+1") == .completed)
            let boot = backend.monitor.configuration.bootID
            let request = { (after: Int) in
                "GET /monitor/v1/events?after=\(boot)-\(after) HTTP/1.1\r\nHost: localhost\r\n\r\n"
            }
            for _ in 0..<40 { #expect(await backend.work(on: .http, as: "bob", "1+1") == .completed) }
            let last = backend.monitor.snapshot().lastEventID ?? ""
            let reply = try await RawHTTP.exchange([request(0)], port: backend.port) {
                $0.contains("id: \(last)\n")
            }
            #expect(reply.hasPrefix("HTTP/1.1 200 "))
            #expect(reply.contains(#""user":"ada""#) && reply.contains("RUN_FINISHED"))
            #expect(reply.contains(#""lost":"#))
        }
    }
}
