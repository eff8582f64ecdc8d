@testable import Backend
import Testing

/// The rules of HTTP/1.1 that the server follows whatever the route is.
@Suite(.timeLimit(.minutes(5))) struct HTTPRulesTests {
    /// A request for liveness, whose answer is `ok`.
    private static let last = "GET /livez HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"

    @Test(arguments: ["", "Host: a\r\nHost: a\r\n", "Host: 127.0.0.1\r\nhost: pages.example\r\n"])
    func aRequestNamesOneHost(_ hosts: String) async throws {
        try await RunningBackend.with { backend in
            let reply = try await RawHTTP.exchange(
                ["GET /livez HTTP/1.1\r\n\(hosts)\r\n"], port: backend.port)
            #expect(reply.hasPrefix("HTTP/1.1 400 "))
            // The same after a request that was answered.
            let second = try await RawHTTP.exchange(
                ["GET /livez HTTP/1.1\r\nHost: h\r\n\r\nGET /livez HTTP/1.1\r\n\(hosts)\r\n"],
                port: backend.port)
            #expect(second.hasPrefix("HTTP/1.1 200 "))
            #expect(second.contains("okHTTP/1.1 400 "))
        }
    }

    @Test(arguments: [
        ("/health", 200), ("/livez", 200), ("/openapi.json", 200), ("/metrics", 200), ("/v1/agents", 200),
        ("/monitor/v1/snapshot", 200), ("/monitor/v1/events", 200), ("/nowhere", 404), ("/v1/ws", 426),
    ])
    func noBodyFollowsTheHeadOfAHead(_ path: String, _ status: Int) async throws {
        try await RunningBackend.with { backend in
            let reply = try await RawHTTP.exchange(
                ["HEAD \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n" + Self.last], port: backend.port)
            let parts = reply.split(separator: "\r\n\r\n", maxSplits: 1)
            #expect(parts[0].hasPrefix("HTTP/1.1 \(status) "))
            #expect(parts[0].lowercased().contains("content-type: "))
            #expect(parts.count == 2 && parts[1].hasPrefix("HTTP/1.1 200 ") && parts[1].hasSuffix("ok"))
        }
    }

    @Test(arguments: [
        ("DELETE", "/health", "GET, HEAD"), ("OPTIONS", "/v1/agents", "GET, HEAD"),
        ("PUT", "/v1/runs/r", "GET, HEAD, DELETE"), ("GET", "/monitor/v1/sessions/s/terminate", "POST"),
        ("PATCH", "/monitor/v1/faults", "GET, HEAD, POST"),
    ])
    func anotherMethodIsAnsweredWithThosePossible(_ method: String, _ path: String, _ allowed: String)
        async throws
    {
        try await RunningBackend.with { backend in
            let reply = try await RawHTTP.exchange(
                ["\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"],
                port: backend.port)
            #expect(reply.hasPrefix("HTTP/1.1 405 "))
            let field = reply.split(separator: "\r\n").first { $0.lowercased().hasPrefix("allow: ") } ?? ""
            #expect(Set(field.dropFirst(7).split(separator: ", ")) == Set(allowed.split(separator: ", ")))
        }
    }

    @Test func anHTTP10RequestIsAnsweredWithoutChunksAndClosed() async throws {
        try await RunningBackend.with { backend in
            let body = #"{"prompt":"go"}"#
            // The run is a stream without a length: its end is the end of the connection.
            let reply = try await RawHTTP.exchange(
                [
                    "POST /v1/agents/assistant/ag-ui HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n"
                        + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                ], port: backend.port)
            #expect(reply.hasPrefix("HTTP/1.0 200 "))
            #expect(!reply.lowercased().contains("chunked"))
            #expect(reply.lowercased().contains("connection: close"))
            #expect(reply.contains("RUN_FINISHED"))
        }
    }

    @Test func anExpectationIsAnsweredBeforeTheBodyComes() async throws {
        try await RunningBackend.with { backend in
            let body = #"{"prompt":"go"}"#
            let head =
                "POST /v1/agents/assistant/ag-ui HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
                + "Expect: 100-continue\r\n\r\n"
            let reply = try await RawHTTP.exchange([head, body], port: backend.port)
            #expect(reply.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 "))
        }
    }

    @Test func onlyAFirstRequestCanUpgradeAndALaterOneEndsTheConnection() async throws {
        try await RunningBackend.with { backend in
            let upgrade =
                "GET /v1/sessions HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                + "Upgrade: websocket\r\n\r\n"
            let reply = try await RawHTTP.exchange(
                ["GET /livez HTTP/1.1\r\nHost: h\r\n\r\n", upgrade], port: backend.port)
            #expect(reply.contains("okHTTP/1.1 200 "))
            #expect(reply.lowercased().contains("connection: close"))
        }
    }

    @Test(arguments: [(20_000, "200"), (40_000, "431")])
    func aLargeHeadIsRefused(_ bytes: Int, _ status: String) async throws {
        try await RunningBackend.with { backend in
            let field = "X-Large: " + String(repeating: "x", count: bytes)
            let reply = try await RawHTTP.exchange(
                ["GET /livez HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\(field)\r\n\r\n"],
                port: backend.port)
            #expect(reply.hasPrefix("HTTP/1.1 \(status) "))
            let second = try await RawHTTP.exchange(
                [
                    "GET /livez HTTP/1.1\r\nHost: h\r\n\r\nGET /livez HTTP/1.1\r\nHost: h\r\n"
                        + "Connection: close\r\n\(field)\r\n\r\n"
                ], port: backend.port)
            #expect(second.contains("okHTTP/1.1 \(status) "))
        }
    }
}
