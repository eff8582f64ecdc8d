import Foundation
import NIOHTTP1
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
            let messages = await receiver.wait { $0.eventLines.count >= 3 }
            #expect(messages.eventLines.map { $0.contains("RUN_STARTED") } == [false, true, false])
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

    /// A delivery that is refused, and the words of the remedy.
    struct Refused: Sendable, CustomTestStringConvertible {
        let path: String
        let type: String
        var coding = ""
        var body = "{}"
        var method = HTTPMethod.POST
        var headers: [(String, String)] = []
        let status: Int
        let remedy: String
        var testDescription: String { "\(method) \(path) \(type) \(coding) \(body)" }
    }

    @Test(arguments: [
        Refused(
            path: "/", type: "application/x-protobuf", body: "", status: 404,
            remedy: "set OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:"),
        Refused(path: "/v1/other", type: "application/json", status: 404, remedy: "append the path"),
        Refused(
            path: "/v3/traces?x=1", type: "", status: 404, remedy: "/v1/traces, /v1/logs and /v1/metrics"),
        Refused(
            path: "/v1/traces", type: "application/json", body: "{\"resource", status: 400,
            remedy: "send OTLP in the encoding that the content type names"),
        Refused(
            path: "/v1/traces", type: "application/json", body: "{\"resourceLogs\":[]}", status: 400,
            remedy: "it has no resourceSpans"),
        Refused(path: "/v1/logs", type: "application/json", body: "[]", status: 400, remedy: "not an object"),
        Refused(
            path: "/v1/traces", type: "application/x-protobuf", body: "\u{1}\u{2}", status: 400,
            remedy: "the protobuf is malformed"),
        Refused(
            path: "/v1/traces", type: "application/x-protobuf", body: "\u{18}\u{7}", status: 400,
            remedy: "the protobuf has no traces"),
        Refused(
            // A metric of the name "c", where a span has its trace's id.
            path: "/v1/traces", type: "application/x-protobuf", body: "\n\u{7}\u{12}\u{5}\u{12}\u{3}\n\u{1}c",
            status: 400, remedy: "metrics and logs have paths of their own"),
        Refused(
            path: "/v1/traces", type: "text/plain", body: "x", status: 415,
            remedy: "send application/x-protobuf or application/json"),
        Refused(path: "/v1/traces", type: "", status: 415, remedy: "content type \"\""),
        Refused(
            path: "/opentelemetry.proto.collector.trace.v1.TraceService/Export", type: "application/grpc",
            status: 415, remedy: "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"),
        Refused(
            path: "/v1/traces", type: "application/json", coding: "br", status: 415,
            remedy: "OTEL_EXPORTER_OTLP_COMPRESSION=gzip"),
        Refused(path: "/v1/traces", type: "application/json", coding: "gzip", status: 400, remedy: "gzip"),
        Refused(path: "/v1/traces", type: "application/json", method: .PUT, status: 405, remedy: "POST"),
        Refused(
            path: "/v1/traces", type: "", method: .OPTIONS,
            headers: [("access-control-request-method", "POST")], status: 405, remedy: "Collector"),
    ]) func aRefusedDeliveryIsShownWithItsRemedy(_ sent: Refused) async throws {
        try await RunningReceiver.running({ .telemetry($0) }) { receiver in
            let headers = sent.headers + (sent.coding.isEmpty ? [] : [("content-encoding", sent.coding)])
            let answer = try await receiver.post(
                sent.path, Array(sent.body.utf8), type: sent.type, headers: headers, method: sent.method)
            #expect(answer.status == sent.status)
            #expect(answer.body.contains(sent.remedy) || sent.remedy.contains("\""))
            let address = "\(sent.method.rawValue) \(sent.path.prefix { $0 != "?" })"
            let messages = await receiver.wait { !$0.refusals(address).isEmpty && $0.wasRefused }
            let failure = try #require(messages.outcomes.first?.failure)
            #expect(messages.outcomes == [ReadOutcome(.events, address, failure: failure)])
            #expect(messages.refusals(address) == [failure])
            #expect(failure.hasPrefix("HTTP \(sent.status); "))
            #expect(failure.contains(sent.remedy))
        }
    }

    @Test(
        arguments: [
            (
                [0x16, 0x03, 0x01, 0x02, 0x00, 0x01], "TLS",
                "without TLS; set the exporter's endpoint to http://"
            ),
            (Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8), "HTTP/2", "gRPC on the port"),
            (Array("\u{0}\u{1}nonsense\r\n\r\n".utf8), "bytes", "not HTTP/1.1"),
        ] as [([UInt8], String, String)]) func anotherProtocolIsShownWithItsRemedy(
            _ bytes: [UInt8], _ spoken: String, _ remedy: String
        ) async throws
    {
        try await RunningReceiver.running({ .telemetry($0) }) { receiver in
            #expect(try await receiver.talk(bytes).hasPrefix("HTTP/1.1 400 "))
            let messages = await receiver.wait { $0.wasRefused && !$0.outcomes.isEmpty }
            let outcome = try #require(messages.outcomes.first)
            let port = try BackendTarget(receiver.origin).port
            #expect(outcome.address == "\(spoken) to port \(port)")
            #expect(outcome.failure?.contains(remedy) == true)
        }
    }

    @Test func aCallOfGRPCIsShownAsOne() async throws {
        try await RunningReceiver.running({ .telemetry($0) }) { receiver in
            let caller = GRPCCaller(target: try BackendTarget(receiver.origin), options: .patient)
            await #expect(throws: ReadError.self) { _ = try await caller.health("") }
            let messages = await receiver.wait { !$0.outcomes.isEmpty }
            #expect(messages.outcomes.first?.address.hasPrefix("HTTP/2 ") == true)
        }
    }

    @Test func aLookIsAnsweredAndIsNoDelivery() async throws {
        try await RunningReceiver.running({ .telemetry($0) }) { receiver in
            let root = try await receiver.post("/", [], type: "", method: .GET)
            #expect((root.status, root.body.contains("/v1/traces")) == (404, true))
            #expect(try await receiver.post("/v1/traces", [], type: "", method: .GET).status == 405)
            _ = try await receiver.post("/v1/traces", Self.trace, type: "application/json")
            let messages = await receiver.wait { $0.eventLines.count >= 2 }
            #expect(messages.outcomes.isEmpty)
        }
    }

    @Test(arguments: ["/v1/traces/v1/traces", "/v1/traces/", "/otlp/v1/traces"])
    func aPathThatEndsInASignalIsAcceptedWithANotice(_ path: String) async throws {
        try await RunningReceiver.running({ .telemetry($0) }) { receiver in
            let answer = try await receiver.post(path, Self.trace, type: "application/json")
            #expect(answer.status == 200)
            #expect(answer.body.contains("\"rejectedSpans\":\"0\""))
            let messages = await receiver.wait { $0.eventLines.count >= 2 && $0.health?.reason != nil }
            #expect(messages.outcomes.isEmpty)
            let notes = messages.compactMap {
                if case .dialect(_, let coverage) = $0 { coverage.notes.first } else { nil }
            }
            let words = "POST \(path) is accepted as /v1/traces; set OTEL_EXPORTER_OTLP_ENDPOINT="
            #expect(notes.last?.hasPrefix(words) == true)
            #expect(answer.body.contains("is accepted as"))
        }
    }

    @Test func thePathOfRespansLibraryIsAcceptedAsItIs() async throws {
        try await RunningReceiver.running({ .telemetry($0) }) { receiver in
            let answer = try await receiver.post("/v2/traces", Self.trace, type: "application/json")
            #expect((answer.status, answer.body) == (200, "{}"))
            let messages = await receiver.wait { $0.eventLines.count >= 2 }
            #expect(messages.eventLines.allSatisfy { $0.contains("thread-1") })
        }
    }

    @Test func nothingWasSentIsNotSaidAfterARefusal() async throws {
        try await RunningReceiver.running({ .telemetry($0) }) { receiver in
            _ = try await receiver.post("/", [], type: "application/x-protobuf")
            let messages = await receiver.wait {
                $0.healths.contains { $0.reason?.contains("POST /: HTTP 404; ") == true }
            }
            #expect(messages.healths.last?.checks.map(\.name) == ["refused/POST /"])
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

extension [Message] {
    /// Whether anything was counted as refused.
    fileprivate var wasRefused: Bool { contains { if case .refused = $0 { true } else { false } } }
}
