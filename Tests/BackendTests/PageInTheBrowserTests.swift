import AsyncHTTPClient
@testable import Backend
import ContextMonitor
import NIOCore
import NIOHTTP1
import Testing
import WireProtocol

/// What a page in the operator's browser gets from a backend that needs no tokens: nothing but health.
@Suite(.timeLimit(.minutes(5))) struct PageInTheBrowserTests {
    private static let handshake: HTTPHeaders = [
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ]
    /// Every kind of route that acts or shows what users do, with the method that it needs.
    private static let routes: [(HTTPMethod, String)] = [
        (.GET, "/monitor/v1/snapshot"), (.GET, "/monitor/v1/events"), (.GET, "/metrics"),
        (.GET, "/v1/sessions"),
        (.GET, "/monitor/v1/faults"), (.POST, "/monitor/v1/faults"), (.POST, "/monitor/v1/paths/all/pattern"),
        (.POST, "/monitor/v1/sessions/s/terminate"), (.POST, "/v1/jobs"),
        (.POST, "/v1/agents/assistant/ag-ui"),
        (.GET, "/v1/ws"), (.GET, "/v1/echo"),
    ]

    private func status(
        _ backend: RunningBackend, _ method: HTTPMethod, _ path: String, _ fields: HTTPHeaders, body: String?
    ) async throws -> UInt {
        var request = HTTPClientRequest(url: backend.base + path)
        request.method = method
        request.headers = fields
        if path == "/v1/ws" || path == "/v1/echo" { request.headers.add(contentsOf: Self.handshake) }
        if let body, method == .POST { request.body = .bytes(Array(body.utf8)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        _ = try await response.body.collect(upTo: 1 << 22)
        return response.status.code
    }

    @Test func noRouteBehindTheGateAnswersThem() async throws {
        let fields: [(HTTPHeaders, UInt)] = [
            (["Origin": "https://pages.example", "Content-Type": "text/plain"], 403),
            (["Origin": "null", "Content-Type": "application/json"], 403),
            (["Sec-Fetch-Site": "cross-site", "Content-Type": "application/json"], 403),
            (["Host": "pages.example", "Origin": "http://pages.example"], 401),
            (["Host": "127.0.0.1.pages.example"], 401),
        ]
        try await RunningBackend.with {
            $0.offersEcho = true
        } _: { backend in
            for (method, path) in Self.routes {
                for (fields, expected) in fields {
                    let status = try await status(backend, method, path, fields, body: #"{"prompt":"page"}"#)
                    // The router has no echo without an upgrade.
                    #expect(status == (path == "/v1/echo" ? 404 : expected), "\(method) \(path) \(fields)")
                }
                guard method == .POST else { continue }
                #expect(
                    try await status(backend, method, path, ["Content-Type": "text/plain"], body: "{}") == 415
                )
            }
            let seen = backend.monitor.snapshot()
            #expect(seen.sessions.isEmpty && seen.runs.isEmpty)
        }
    }

    @Test(arguments: ["/health", "/livez", "/readyz"])
    func healthIsForEveryProbe(_ path: String) async throws {
        try await RunningBackend.with { backend in
            let fields: HTTPHeaders = ["Host": "10.1.2.3:8080", "Origin": "https://pages.example"]
            let status = try await status(backend, .GET, path, fields, body: nil)
            #expect(status == 200)
        }
    }

    @Test func programsAndPagesOfThisMachineAreAnswered() async throws {
        try await RunningBackend.with { backend in
            for fields: HTTPHeaders in [
                [:], ["Host": "LOCALHOST:1"], ["Host": "[::1]:9", "Origin": "http://localhost:3000"],
            ] {
                for path in ["/v1/sessions", "/monitor/v1/snapshot"] {
                    let status = try await status(backend, .GET, path, fields, body: nil)
                    #expect(status == 200)
                }
            }
        }
    }

    @Test func anAbsoluteTargetIsForItsOwnAuthority() async throws {
        try await RunningBackend.with { backend in
            for (target, host, expected) in [
                ("http://pages.example/v1/sessions", "127.0.0.1", "401"),
                ("http://localhost:5/v1/sessions?x", "pages.example", "200"),
                ("HTTP://127.0.0.1@pages.example/v1/sessions", "127.0.0.1", "401"),
                ("http://127.0.0.1", "127.0.0.1", "404"),
            ] {
                let reply = try await RawHTTP.exchange(
                    ["GET \(target) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n"],
                    port: backend.port)
                #expect(reply.hasPrefix("HTTP/1.1 \(expected) "), "\(target): \(reply)")
            }
        }
    }

    @Test func wrongTokensOfUsersAndOperatorsAreLimitedTogether() async throws {
        try await RunningBackend.with {
            $0.users = .tokens(["right": "ada"])
            $0.operators = .tokens((try? OperatorToken.parse(file: "ops o read")) ?? [])
        } _: { backend in
            var seen: [UInt] = []
            for index in 0..<400 where seen.last != 429 {
                let path = index.isMultiple(of: 2) ? "/v1/sessions" : "/monitor/v1/snapshot"
                let fields: HTTPHeaders = ["Authorization": "Bearer wrong\(index)"]
                seen.append(try await status(backend, .GET, path, fields, body: nil))
            }
            #expect(seen.dropLast().allSatisfy { $0 == 401 } && seen.count > 16)
            #expect(seen.last == 429)
            // After the wait, which is short, the right token gets in again.
            let isIn = try await eventually {
                try await status(backend, .GET, "/v1/sessions", ["Authorization": "Bearer right"], body: nil)
                    == 200
            }
            #expect(isIn)
        }
    }
}
