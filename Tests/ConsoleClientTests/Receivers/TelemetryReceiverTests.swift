import Foundation
import Testing
import WireProtocol

@testable import ConsoleClient

/// `ctxtop listen` over real sockets.
@Suite(.timeLimit(.minutes(5))) struct TelemetryReceiverTests {
    private static let trace = Array(
        """
        {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"abababababababababababababababab",\
        "spanId":"cdcdcdcdcdcdcdcd","name":"invoke_agent a","startTimeUnixNano":"1795441770286000000",\
        "endTimeUnixNano":"1795441770292000000","attributes":[{"key":"gen_ai.conversation.id","value":\
        {"stringValue":"thread-1"}}]}]}]}]}
        """.utf8)

    @Test func aRunThatWasSentIsTold() async throws {
        try await RunningReceiver.running({ .telemetry($0) }) { receiver in
            let answer = try await receiver.post("/v1/traces", Self.trace, type: "application/json")
            #expect((answer.status, answer.body) == (200, "{}"))
            let messages = await receiver.wait { $0.eventLines.count >= 2 }
            #expect(messages.eventLines.map { $0.contains("RUN_STARTED") } == [true, false])
            #expect(messages.eventLines.allSatisfy { $0.contains("thread-1") })
        }
    }

    /// The same request, packed by another program's gzip.
    private static let packedTrace = """
        H4sIAAAAAAACA32PTQ6CQAyFr2JmrQSIinADN2782RhDytDgBOmYoRCN4e4WNEQX2rfpS7+Xtg/lsLaN07i9AtUqOT5Ure31
        044dO9C4zlWiIPsvNR1iA6vzb8mMoEKZGGptiSkUSDyBPsPgeGcq3JO5bYCsQEEUL+bzIIr8cLX0hxISKf/NxeHIAbMzWcP4
        +qDEu6CyLwXjaUstuhrYWPJMf1cLl0YOk58lRcXhZRWfHUI+C1TXnd56AsNx5QE4AQAA
        """

    @Test func aPackedRequestIsRead() async throws {
        let packed = try #require(Data(base64Encoded: Self.packedTrace, options: .ignoreUnknownCharacters))
        try await RunningReceiver.running({ .telemetry($0) }) { receiver in
            let answer = try await receiver.post(
                "/v1/traces", Array(packed), type: "application/json", headers: [("content-encoding", "gzip")]
            )
            #expect((answer.status, answer.body) == (200, "{}"))
            let messages = await receiver.wait { $0.eventLines.count >= 2 }
            #expect(messages.eventLines.allSatisfy { $0.contains("thread-1") })
        }
    }

    @Test func whatIsLeftOutOfARequestIsToldToBothSides() async throws {
        let text = String(decoding: Self.trace, as: UTF8.self).replacing("\"spans\":[", with: "\"spans\":[7,")
        try await RunningReceiver.running({ .telemetry($0) }) { receiver in
            let answer = try await receiver.post("/v1/traces", Array(text.utf8), type: "application/json")
            #expect(answer.status == 200)
            #expect(answer.body.contains("\"rejectedSpans\":\"1\""))
            let messages = await receiver.wait {
                $0.eventLines.count >= 2
                    && $0.contains { if case .refused = $0 { true } else { false } }
            }
            #expect(messages.eventLines.allSatisfy { $0.contains("thread-1") })
        }
    }

    @Test(arguments: [
        ("/v1/traces", "application/json", "", "{\"resource", 400),
        ("/v1/traces", "application/x-protobuf", "", "\u{1}\u{2}", 400),
        ("/v1/traces", "text/plain", "", "x", 415), ("/v1/traces", "application/json", "br", "{}", 415),
        ("/v1/traces", "application/json", "gzip", "{}", 400),
        ("/v1/other", "application/json", "", "{}", 404),
    ]) func whatCannotBeReadIsRefused(
        _ path: String, _ type: String, _ coding: String, _ body: String, _ status: Int
    ) async throws {
        try await RunningReceiver.running({ .telemetry($0) }) { receiver in
            let headers = coding.isEmpty ? [] : [("content-encoding", coding)]
            let answer = try await receiver.post(path, Array(body.utf8), type: type, headers: headers)
            #expect(answer.status == status)
            guard status != 404 else { return }
            let messages = await receiver.wait {
                $0.contains { if case .refused = $0 { true } else { false } }
            }
            #expect(!messages.isEmpty)
        }
    }

    @Test func anEmptyProtobufRequestIsAnsweredInKind() async throws {
        try await RunningReceiver.running({ .telemetry($0) }) { receiver in
            let answer = try await receiver.post("/v1/metrics", [], type: "application/x-protobuf")
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "application/x-protobuf")
            #expect(answer.body.isEmpty)
        }
    }

    @Test(arguments: [
        ("127.0.0.1:4318", "127.0.0.1", 4318), ("[::1]:0", "::1", 0), ("localhost:65535", "localhost", 65535),
    ]) func readsWhereToListen(_ text: String, _ host: String, _ port: Int) {
        #expect(ListenAddress(text) == ListenAddress(host: host, port: port))
        #expect(ListenAddress(text)?.description == text)
    }

    @Test(arguments: ["", "4318", ":4318", "host", "host:", "host:65536", "host:-1", "::1:80", "a b:80"])
    func whatIsNoAddressIsNone(_ text: String) { #expect(ListenAddress(text) == nil) }
}
