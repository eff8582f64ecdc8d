import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing
import WireProtocol

@testable import ConsoleClient

/// OTLP over gRPC, sent to `ctxtop listen` by a client of HTTP/2 over real sockets.
@Suite(.timeLimit(.minutes(5))) struct TelemetryGRPCTests {
    /// An ExportTraceServiceRequest: one span, invoke_agent of the conversation thread-1.
    private static let trace = """
        CmgSZhJkChCrq6urq6urq6urq6urq6urEgjNzc3Nzc3NzSoOaW52b2tlX2FnZW50IGE5gKfLBMew6hhBADUnBcew6hhKJAoWZ2VuX2Fp
        LmNvbnZlcnNhdGlvbi5pZBIKCgh0aHJlYWQtMQ==
        """
    /// The same, packed by another program's gzip.
    private static let packedTrace = """
        H4sIAAAAAAACA+PKEEoTSuESWI0GhDjOQoEWX2ZeWX52anxiempeiUKiZcPy0yzHN7yScGQwVWcFMbxUuMSAcvGJmXrJ+XllqUXFiSWZ
        +Xl6mSlCXFwcJRlFqYkpuoYAU+H1QWoAAAA=
        """
    /// The same with a second span, whose trace's id has three bytes.
    private static let brokenTrace = """
        Cm8SbRJkChCrq6urq6urq6urq6urq6urEgjNzc3Nzc3NzSoOaW52b2tlX2FnZW50IGE5gKfLBMew6hhBADUnBcew6hhKJAoWZ2VuX2Fp
        LmNvbnZlcnNhdGlvbi5pZBIKCgh0aHJlYWQtMRIFCgNhYmM=
        """
    private static let log = "ChoSGBIWCYCnywTHsOoYEBEqCQoHY2FyZWZ1bA=="
    private static let gauge = "Ch4SHBIaCgt0ZW1wZXJhdHVyZSoLCgkhAAAAAAAACEA="
    /// 256 KiB of zeros, packed; gzip allows such members in any number.
    private static let packedZeros =
        "H4sIAAAAAAACA+3BMQEAAADCoPVP7W0Ho" + String(repeating: "A", count: 339) + "3gAi6g7iAAAEAA=="

    private static func bytes(_ base64: String) throws -> [UInt8] {
        Array(try #require(Data(base64Encoded: base64, options: .ignoreUnknownCharacters)))
    }

    private static func framed(_ base64: String, flag: UInt8 = 0) throws -> [UInt8] {
        [flag] + GRPCMessage.framed(try bytes(base64)).dropFirst()
    }

    private static func running<Result: Sendable>(
        _ body: (RunningReceiver, GRPCSender) async throws -> Result
    ) async throws -> Result {
        try await RunningReceiver.running({ .telemetry($0, grpc: $0) }) { receiver in
            let origin = try #require(receiver.grpcOrigin)
            return try await GRPCSender.connected(to: origin) { try await body(receiver, $0) }
        }
    }

    @Test(arguments: [nil, 1, 40] as [Int?]) func spansArriveInFramesOfAnyLength(_ length: Int?) async throws
    {
        try await Self.running { receiver, sender in
            let answer = try await sender.send(
                .init(body: try Self.framed(Self.trace), pieceLength: length))
            #expect((answer.status, answer.code) == (200, 0))
            #expect(answer.headers.first(name: "content-type") == "application/grpc")
            #expect(answer.body == [0, 0, 0, 0, 0])
            let messages = await receiver.wait { $0.eventLines.count >= 3 }
            #expect(messages.eventLines.map { $0.contains("RUN_STARTED") } == [false, true, false])
            #expect(messages.eventLines.allSatisfy { $0.contains("thread-1") })
        }
    }

    @Test func aPackedMessageIsRead() async throws {
        try await Self.running { receiver, sender in
            let call = GRPCSender.Call(
                body: try Self.framed(Self.packedTrace, flag: 1), headers: ["grpc-encoding": "gzip"])
            #expect(try await sender.send(call).code == 0)
            let messages = await receiver.wait { $0.eventLines.count >= 2 }
            #expect(messages.eventLines.allSatisfy { $0.contains("thread-1") })
        }
    }

    @Test func logsAndMeasurementsHaveServicesOfTheirOwn() async throws {
        try await Self.running { receiver, sender in
            let log = GRPCSender.Call(service: "logs.v1.LogsService", body: try Self.framed(Self.log))
            #expect(try await sender.send(log).code == 0)
            let gauge = GRPCSender.Call(
                service: "metrics.v1.MetricsService", body: try Self.framed(Self.gauge))
            #expect(try await sender.send(gauge).code == 0)
            let messages = await receiver.wait {
                $0.eventLines.contains { $0.contains("careful") }
                    && $0.healths.contains { $0.checks.contains { $0.name.contains("temperature") } }
            }
            #expect(messages.outcomes.isEmpty)
        }
    }

    @Test func manyCallsUseOneConnection() async throws {
        try await Self.running { receiver, sender in
            let call = GRPCSender.Call(body: try Self.framed(Self.trace))
            for _ in 0..<300 {
                let answer = try await sender.send(call)
                #expect(answer.code == 0)
            }
        }
    }

    @Test func theSenderIsToldWhatWasLeftOut() async throws {
        try await Self.running { receiver, sender in
            let answer = try await sender.send(.init(body: try Self.framed(Self.brokenTrace)))
            #expect(answer.code == 0)
            // ExportTracePartialSuccess: one rejected span, and the words.
            #expect(answer.body.dropFirst(5).contains([0x08, 0x01, 0x12]))
            #expect(String(decoding: answer.body, as: UTF8.self).contains("odd ids"))
            _ = await receiver.wait {
                $0.contains { if case .refused("telemetry", _) = $0 { true } else { false } }
            }
        }
    }

    /// A call that is refused: its status and the words of the remedy.
    struct Refused: Sendable, CustomTestStringConvertible {
        var call: GRPCSender.Call
        let code: Int
        let name: String
        let remedy: String
        var testDescription: String { "\(call.path ?? call.service) \(call.body.prefix(8)) \(call.headers)" }
    }

    private static let refused: [Refused] = [
        Refused(
            call: .init(path: "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export"),
            code: 12, name: "UNIMPLEMENTED", remedy: "TraceService, LogsService and MetricsService"),
        Refused(
            call: .init(path: "/opentelemetry.proto.collector.trace.v1.TraceService/Import"), code: 12,
            name: "UNIMPLEMENTED", remedy: "is Export of"),
        Refused(
            call: .init(headers: ["grpc-encoding": "snappy"]), code: 12, name: "UNIMPLEMENTED",
            remedy: "OTEL_EXPORTER_OTLP_COMPRESSION=gzip"),
        Refused(
            // 16 MiB and a byte are announced.
            call: .init(body: [0, 1, 0, 0, 1], isEnded: false), code: 8, name: "RESOURCE_EXHAUSTED",
            remedy: "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"),
        Refused(call: .init(), code: 3, name: "INVALID_ARGUMENT", remedy: "no message"),
        Refused(call: .init(body: [0, 0, 0]), code: 3, name: "INVALID_ARGUMENT", remedy: "breaks off"),
        Refused(
            call: .init(body: [0, 0, 0, 0, 9, 1]), code: 3, name: "INVALID_ARGUMENT", remedy: "breaks off"),
        Refused(call: .init(body: [7, 0, 0, 0, 0]), code: 3, name: "INVALID_ARGUMENT", remedy: "flag 7"),
        Refused(
            call: .init(body: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), code: 3, name: "INVALID_ARGUMENT",
            remedy: "more than one message"),
        Refused(
            call: .init(body: [0, 0, 0, 0, 2, 1, 2]), code: 3, name: "INVALID_ARGUMENT",
            remedy: "the protobuf is malformed"),
        Refused(
            call: .init(body: [1, 0, 0, 0, 0]), code: 3, name: "INVALID_ARGUMENT",
            remedy: "grpc-encoding does not say how"),
        Refused(
            call: .init(body: [1, 0, 0, 0, 1, 7], headers: ["grpc-encoding": "gzip"]), code: 3,
            name: "INVALID_ARGUMENT", remedy: "gzip stream is broken"),
    ]

    @Test(arguments: refused) func aRefusedCallIsShownWithItsRemedy(_ sent: Refused) async throws {
        try await Self.running { receiver, sender in
            let answer = try await sender.send(sent.call)
            #expect((answer.status, answer.code) == (200, sent.code))
            #expect(answer.words.contains(sent.remedy))
            #expect(answer.headers.first(name: "grpc-accept-encoding") == "identity,gzip")
            let path = sent.call.path ?? "/opentelemetry.proto.collector.\(sent.call.service)/Export"
            let address = "gRPC \(path)"
            let messages = await receiver.wait { !$0.refusals(address).isEmpty && !$0.outcomes.isEmpty }
            let failure = try #require(messages.outcomes.first?.failure)
            #expect(messages.refusals(address) == [failure])
            #expect(failure.hasPrefix("gRPC \(sent.code) \(sent.name); "))
            #expect(failure.contains(sent.remedy))
        }
    }

    @Test(arguments: [(64, "malformed"), (65, "above 16 MiB")]) func whatUnpacksToMoreThanTheLimitIsTooLarge(
        _ members: Int, _ words: String
    ) async throws {
        let member = try Self.bytes(Self.packedZeros)
        let packed = (0..<members).flatMap { _ in member }
        try await Self.running { _, sender in
            let call = GRPCSender.Call(
                body: [1] + GRPCMessage.framed(packed).dropFirst(), headers: ["grpc-encoding": "gzip"])
            let answer = try await sender.send(call)
            #expect(answer.code == (members == 64 ? 3 : 8))
            #expect(answer.words.contains(words))
        }
    }

    @Test func aBodyWithoutEndIsTooLarge() async throws {
        try await Self.running { _, sender in
            // The prefix announces the largest message, and one byte more follows.
            let body = [0, 1, 0, 0, 0] + [UInt8](repeating: 0, count: 16 << 20 | 1)
            let answer = try await sender.send(.init(body: body, isEnded: false))
            #expect(answer.code == 8)
        }
    }

    @Test(arguments: ["application/json", "application/grpc-web+proto", "application/grpc+json", ""])
    func anotherContentTypeIsRefusedOverHTTP(_ type: String) async throws {
        try await Self.running { receiver, sender in
            let answer = try await sender.send(.init(path: "/v1/traces", type: type))
            #expect((answer.status, answer.code) == (415, nil))
            let remedy = "set OTEL_EXPORTER_OTLP_ENDPOINT=\(receiver.origin), or"
            #expect(String(decoding: answer.body, as: UTF8.self).contains(remedy))
            let messages = await receiver.wait { !$0.outcomes.isEmpty }
            #expect(messages.outcomes.first?.address == "POST /v1/traces over HTTP/2")
            #expect(messages.outcomes.first?.failure?.hasPrefix("HTTP 415; content type \"\(type)\"") == true)
        }
    }

    @Test func aLookIsNoDelivery() async throws {
        try await Self.running { receiver, sender in
            #expect(try await sender.send(.init(path: "/", type: "", method: .GET)).status == 415)
            let health = GRPCSender.Call(path: "/grpc.health.v1.Health/Check")
            #expect(try await sender.send(health).code == 12)
            _ = try await sender.send(.init(body: try Self.framed(Self.trace)))
            let messages = await receiver.wait { $0.eventLines.count >= 2 }
            #expect(messages.outcomes.isEmpty)
        }
    }

    @Test func aCallThatBreaksOffIsShown() async throws {
        try await Self.running { receiver, sender in
            let stream = try await sender.start(.init(body: [0, 0, 0, 0, 9], isEnded: false))
            // An answered call after it: what was sent before has been read.
            _ = try await sender.send(.init(body: try Self.framed(Self.trace)))
            stream.close(promise: nil)
            let messages = await receiver.wait { !$0.outcomes.isEmpty }
            #expect(messages.outcomes.first?.failure?.contains("the body broke off") == true)
        }
    }

    @Test(
        arguments: [
            ([0x16, 0x03, 0x01, 0x02], "TLS", "gRPC without TLS", false),
            (Array("POST /v1/traces HTTP/1.1\r\n".utf8), "HTTP/1.1", "HTTP/1.1 on the port for gRPC", true),
            (Array("\u{0}\u{1}nonsense".utf8), "bytes", "not HTTP/2", false),
        ] as [([UInt8], String, String, Bool)]) func anotherProtocolIsShownWithItsRemedy(
            _ bytes: [UInt8], _ spoken: String, _ remedy: String, _ isAnswered: Bool
        ) async throws
    {
        try await Self.running { receiver, _ in
            let origin = try #require(receiver.grpcOrigin)
            let answer = try await receiver.talk(bytes, to: origin)
            #expect(answer.hasPrefix("HTTP/1.1 400 ") == isAnswered)
            #expect(answer.contains(receiver.origin) == isAnswered)
            let messages = await receiver.wait { !$0.outcomes.isEmpty }
            let outcome = try #require(messages.outcomes.first)
            let port = try BackendTarget(origin).port
            #expect(outcome.address == "\(spoken) to port \(port)")
            #expect(outcome.failure?.contains(remedy) == true)
        }
    }

    @Test func brokenHTTP2IsShown() async throws {
        try await Self.running { receiver, _ in
            let bytes = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [UInt8](repeating: 0xFF, count: 40)
            _ = try await receiver.talk(bytes, to: receiver.grpcOrigin)
            let messages = await receiver.wait { !$0.outcomes.isEmpty }
            #expect(messages.outcomes.first?.failure?.contains("RFC 9113") == true)
        }
    }

    @Test func gRPCOnThePortForHTTPIsSentToTheOther() async throws {
        try await Self.running { receiver, _ in
            let path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
            let answer = try await receiver.post(path, [], type: "application/grpc")
            let grpc = try #require(receiver.grpcOrigin)
            #expect(answer.body.contains("set OTEL_EXPORTER_OTLP_ENDPOINT=\(grpc), or "))
        }
    }
}

extension Collection where Element == UInt8 {
    /// Whether those bytes are anywhere in these.
    fileprivate func contains(_ bytes: [UInt8]) -> Bool {
        indices.contains { self[$0...].starts(with: bytes) }
    }
}
