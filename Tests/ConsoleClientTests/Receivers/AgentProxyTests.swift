import Testing
import WireProtocol

@testable import ConsoleClient

/// `ctxtop proxy` between real sockets.
@Suite(.timeLimit(.minutes(5))) struct AgentProxyTests {
    private static let frames = [
        "data: {\"type\":\"RUN_STARTED\",\"threadId\":\"t-1\",\"runId\":\"r-1\"}\n\n",
        ": comment\r\ndata:{\"type\":\"THINKING_START\"}\r\n\r\n", "data: not json\n\n",
        "data: {\"type\":\"RUN_FINISHED\",\"threadId\":\"t-1\",\"runId\":\"r-1\",\"metadata\":{\"x\":1}}\n\n",
    ]
    private static let input = Array("{\"threadId\":\"t-1\",\"runId\":\"r-1\",\"messages\":[]}".utf8)

    private func proxied<Result: Sendable>(
        _ script: @escaping FakeServer.Script, _ body: (RunningReceiver, FakeServer) async throws -> Result
    ) async throws -> Result {
        try await FakeServer.serving(script) { server in
            let upstream = try BackendTarget(server.origin)
            return try await RunningReceiver.running({
                .proxy($0, upstream: upstream, userHeader: "x-user")
            }) { try await body($0, server) }
        }
    }

    @Test func everyByteOfARunPassesAndItsEventsAreSeen() async throws {
        try await proxied({ _ in
            FakeAnswer(
                pieces: [
                    Array(
                        "HTTP/1.1 200 Fine\r\nConnection: close\r\nX-Own: 1\r\nDate: then\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n"
                            .utf8)
                ] + Self.frames.map { Array($0.utf8) })
        }) { receiver, server in
            let answer = try await receiver.post(
                "/agent?x=1", Self.input, type: "application/json", headers: [("X-User", "ada")])
            #expect(answer.status == 200)
            #expect(answer.body == Self.frames.joined())
            #expect(answer.headers["x-own"] == "1")
            #expect(answer.headers["date"] == "then")
            let asked = try #require(server.history.first)
            #expect(asked.line == "POST /agent?x=1 HTTP/1.1")
            #expect(asked.headers["content-length"] == "\(Self.input.count)")
            #expect(asked.headers["host"] == "127.0.0.1:\(server.port)")
            let messages = await receiver.wait { $0.eventLines.count >= 3 && $0.refusedLines > 0 }
            let lines = messages.eventLines
            #expect(lines.allSatisfy { $0.contains("\"session\":\"t-1\"") && $0.contains("\"run\":\"r-1\"") })
            #expect(
                lines.allSatisfy {
                    $0.contains("\"user\":\"ada\"") && $0.contains("\"path\":\"http:/agent\"")
                })
            #expect(lines.last?.contains("\"x\":1") == true)
        }
    }

    @Test func anOrdinaryAnswerPassesUnread() async throws {
        try await proxied({ _ in .whole("{\"detail\":\"no\"}", status: 422, headers: "Retry-After: 7\r\n") })
        {
            receiver, _ in
            let answer = try await receiver.post("/agent", Self.input, type: "application/json")
            #expect((answer.status, answer.body) == (422, "{\"detail\":\"no\"}"))
            #expect(answer.headers["retry-after"] == "7")
        }
    }

    @Test func aRunThatIsCutIsSaidSo() async throws {
        try await proxied({ _ in .stream(Self.frames[0]) }) { receiver, _ in
            _ = try await receiver.post("/agent", Self.input, type: "application/json")
            let messages = await receiver.wait {
                $0.contains { if case .refused = $0 { true } else { false } }
            }
            #expect(
                messages.last
                    == .refused(
                        what: "run r-1",
                        reason: "the server ended the answer before RUN_FINISHED or RUN_ERROR"))
        }
    }

    @Test func anUpstreamThatIsNotThereIsABadGateway() async throws {
        let upstream = try BackendTarget(FakeServer.nobody)
        try await RunningReceiver.running({ .proxy($0, upstream: upstream, userHeader: nil) }) { receiver in
            let answer = try await receiver.post("/agent", Self.input, type: "application/json")
            #expect(answer.status == 502)
            #expect(answer.body.contains("connection refused"))
        }
    }
}
