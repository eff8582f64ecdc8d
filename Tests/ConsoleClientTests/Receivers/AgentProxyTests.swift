import NIOHTTP1
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

    @Test(arguments: [66, 1, 5_000]) func anAnswerThatIsCutOffStaysCutOff(_ missing: Int) async throws {
        let begun = "{\"answer\":\""
        let head =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(begun.utf8.count + missing)\r\n\r\n"
        try await proxied({ _ in FakeAnswer(pieces: [Array((head + begun).utf8)]) }) { receiver, _ in
            // 66 is the length of the answer by which NIO's server would have filled it up.
            await #expect(throws: (any Error).self) {
                _ = try await receiver.post("/a", Self.input, type: "application/json")
            }
            _ = await receiver.wait { $0.eventLines.contains { $0.contains("the connection broke") } }
        }
    }

    @Test func anOrdinaryAnswerPassesUnchanged() async throws {
        try await proxied({ _ in .whole("{\"detail\":\"no\"}", status: 422, headers: "Retry-After: 7\r\n") })
        {
            receiver, _ in
            let answer = try await receiver.post("/agent", Self.input, type: "application/json")
            #expect((answer.status, answer.body) == (422, "{\"detail\":\"no\"}"))
            #expect(answer.headers["retry-after"] == "7")
        }
    }

    @Test(
        arguments: [
            (.whole("{\"detail\":\"no token\"}", status: 401), "HTTP 401: no token"),
            (.whole("", status: 404, type: nil), "HTTP 404"),
            (
                .whole("{\"detail\":[{\"msg\":\"Field required\"}]}", status: 422),
                "HTTP 422: [{\"msg\":\"Field required\"}]"
            ),
            (
                .whole("Internal Server Error", status: 500, type: "text/plain"),
                "HTTP 500: Internal Server Error"
            ),
            (.whole("<h1>busy</h1>", status: 503, type: "text/html"), "HTTP 503"),
            (.whole("data: {}\n\n", status: 429, type: "text/event-stream"), "HTTP 429"),
            (
                .whole("{\"error\":{\"message\":\"busy\"}}"),
                "HTTP 200: application/json instead of text/event-stream"
            ), (.stream(), "HTTP 200: the stream ended before its first event"),
        ] as [(FakeAnswer, String)]) func aRunThatIsNotAnsweredWithAStreamFails(
            _ given: FakeAnswer, _ words: String
        ) async throws
    {
        try await proxied({ _ in given }) { receiver, _ in
            _ = try await receiver.post(
                "/agent", Self.input, type: "application/json", headers: [("X-User", "ada")])
            let lines = await receiver.wait { $0.eventLines.count >= 2 }.eventLines
            let events = try lines.map { try JSONParser.parse(Array($0.utf8)) }
            #expect(events.map { $0["type"]?.string } == ["RUN_STARTED", "RUN_ERROR"])
            #expect(events.last?["message"]?.string == words)
            for metadata in events.map({ $0["metadata"] }) {
                #expect(metadata?["session"]?.string == "t-1")
                #expect(metadata?["run"]?.string == "r-1")
                #expect(metadata?["user"]?.string == "ada")
            }
        }
    }

    @Test func anAnswerToAnythingElseIsALineWithItsCode() async throws {
        try await proxied({ _ in .whole("{\"detail\":\"no\"}", status: 403) }) { receiver, _ in
            _ = try await receiver.post("/agent?x=1", Array("{\"a\":1}".utf8), type: "application/json")
            _ = try await receiver.post("/list", [], type: "", method: .GET)
            let lines = await receiver.wait { $0.eventLines.count >= 2 }.eventLines
            let values = try lines.map { try JSONParser.parse(Array($0.utf8))["value"] }
            #expect(values.map { $0?["status"] } == [403, 403])
            #expect(values.map { $0?["method"]?.string } == ["POST", "GET"])
            #expect(values.map { $0?["path"]?.string } == ["/agent", "/list"])
            #expect(values.map { $0?["words"]?.string } == ["HTTP 403: no", "HTTP 403: no"])
        }
    }

    @Test func aStreamOfAnotherEncodingIsNotAFailedRun() async throws {
        try await proxied({ _ in .whole("x", type: "application/vnd.ag-ui.event+proto") }) { receiver, _ in
            _ = try await receiver.post("/agent", Self.input, type: "application/json")
            let messages = await receiver.wait { !$0.refusals("run").isEmpty }
            #expect(messages.eventLines.isEmpty)
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

    @Test func anAnswerThatIsCutOffEndsItsRunAtOnce() async throws {
        let head =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/event-stream\r\n\r\n"
        let frame = Self.frames[0]
        let chunk = String(frame.utf8.count, radix: 16) + "\r\n" + frame + "\r\n"
        // The chunk that ends a body never comes.
        try await proxied({ _ in FakeAnswer(pieces: [Array(head.utf8), Array(chunk.utf8)]) }) {
            receiver, _ in
            _ = try? await receiver.post("/agent", Self.input, type: "application/json")
            let messages = await receiver.wait { !$0.refusals("run r-1").isEmpty }
            #expect(
                messages.refusals("run r-1") == ["the connection broke before RUN_FINISHED or RUN_ERROR"])
            #expect(messages.eventLines.last?.contains("\"change\":\"lost\"") == true)
        }
    }

    @Test func theLastEventNeedsNoBlankLine() async throws {
        let end = "data: {\"type\":\"run_finished\"}"
        try await proxied({ _ in .stream(Self.frames[0], end) }) { receiver, _ in
            let answer = try await receiver.post("/agent", Self.input, type: "application/json")
            #expect(answer.body == Self.frames[0] + end)
            let lines = await receiver.wait { $0.eventLines.count >= 2 }.eventLines
            #expect(lines.last?.contains("\"type\":\"RUN_FINISHED\"") == true)
            #expect(lines.allSatisfy { $0.contains("\"timestamp\":1") && $0.contains("\"stamped\":true") })
        }
    }

    @Test func anUpstreamThatIsNotThereFailsTheRun() async throws {
        let upstream = try BackendTarget(FakeServer.nobody)
        try await RunningReceiver.running({ .proxy($0, upstream: upstream, userHeader: nil) }) { receiver in
            let answer = try await receiver.post("/agent", Self.input, type: "application/json")
            #expect(answer.status == 502)
            #expect(answer.body.contains("connection refused"))
            let messages = await receiver.wait { $0.eventLines.count >= 2 }
            #expect(
                messages.eventLines.last?.contains("HTTP 502: \(upstream.url): connection refused") == true)
            let outcome = try #require(messages.outcomes.first)
            #expect((outcome.part, outcome.address) == (.runs, upstream.url))
            #expect(outcome.failure?.contains("--upstream") == true)
        }
    }

    @Test func anUpstreamThatAnswersAgainIsSaidOnce() async throws {
        // The first answer is none at all; a client library tries a request again when it may.
        try await proxied({ $0.path == "/no" ? FakeAnswer(pieces: []) : .whole("{}") }) { receiver, server in
            for path in ["/no", "/", "/"] {
                _ = try await receiver.post(path, Self.input, type: "application/json")
            }
            let messages = await receiver.wait { $0.eventLines.count >= 6 }
            #expect(messages.outcomes.map { $0.failure == nil } == [false, true])
        }
    }

    @Test func aWebSocketIsALineThatSaysWhereToConnect() async throws {
        try await proxied({ _ in .silence }) { receiver, server in
            let answer = try await receiver.post(
                "/ws", [], type: "", headers: [("connection", "upgrade"), ("upgrade", "websocket")],
                method: .GET)
            #expect(answer.status == 501)
            let lines = await receiver.wait { !$0.eventLines.isEmpty }.eventLines
            #expect(lines.first?.contains("HTTP 501: ") == true)
            #expect(lines.first?.contains(server.origin) == true)
        }
    }

    @Test func tlsIsALineThatSaysWhatToDo() async throws {
        try await proxied({ _ in .silence }) { receiver, _ in
            _ = try await receiver.talk([0x16, 0x03, 0x01, 0x02, 0x00, 0x01])
            let lines = await receiver.wait { !$0.eventLines.isEmpty }.eventLines
            #expect(lines.first?.contains("connect clients to http://127.0.0.1:") == true)
        }
    }
}
