import Dialects
import NIOHTTP1
import Testing
import WireProtocol

@testable import ConsoleClient

/// `grpc.health.v1` over real sockets: found by looking, forced by name, and every way to fail.
@Suite(.timeLimit(.minutes(5))) struct GRPCHealthTests {
    private static let serving = FakeCall(body: [0, 0, 0, 0, 2, 8, 1])
    private static let unimplemented = FakeCall(trailers: ["grpc-status": "12"])

    private static func read(
        _ path: String = "", dialect: Dialect? = nil, options: ClientOptions = .patient,
        _ script: @escaping FakeGRPCServer.Script
    ) async throws -> [Message] {
        try await FakeGRPCServer.serving(script) { origin in
            await BackendReader.readOnce(try BackendTarget(origin + path), options, dialect: dialect)
        }
    }

    @Test func aServerThatSpeaksNoHTTP1IsAskedForGRPCHealth() async throws {
        let messages = try await Self.read { path, headers, body in
            guard path == GRPCHealth.checkPath else { return Self.unimplemented }
            #expect(body == [0, 0, 0, 0, 0])
            #expect(headers.first(name: "te") == "trailers")
            return Self.serving
        }
        #expect(messages.health?.status == .pass)
        #expect(messages.health?.reason == nil)
        #expect(messages.lastLink == .link(.connected, reason: nil, retryIn: nil))
        let coverage = Dialect.grpcHealth.coverage.exposed(on: .grpc)
        #expect(messages.contains(.dialect(name: "grpc", coverage: coverage)))
    }

    @Test func theServicesOfAListAreTheChecks() async throws {
        let messages = try await Self.read { path, _, _ in
            let entry: [UInt8] = [0x0A, 9, 0x0A, 3] + Array("pay".utf8) + [0x12, 2, 8, 2]
            return path == GRPCHealth.listPath ? FakeCall(body: [0, 0, 0, 0, 11] + entry) : Self.serving
        }
        #expect(messages.health?.checks.map { "\($0.name)=\($0.status.rawValue)" } == ["pay=fail"])
    }

    @Test func aForcedDialectAsksForTheServiceThatThePathNames() async throws {
        var options = ClientOptions.patient
        options.token = "s3cret"
        let messages = try await Self.read("/shop.Cart", dialect: .grpcHealth, options: options) {
            path, headers, body in
            #expect(path == GRPCHealth.checkPath)
            #expect(headers.first(name: "authorization") == "Bearer s3cret")
            return body == GRPCHealth.request(service: "shop.Cart")
                ? FakeCall(trailers: ["grpc-status": "5"]) : Self.serving
        }
        #expect(messages.health?.status == .unknown)
        #expect(messages.health?.reason?.contains("does not know this service") == true)
    }

    @Test func aSlowServerTimesOut() async throws {
        let messages = try await Self.read(dialect: .grpcHealth, options: .quick) { _, _, _ in
            FakeCall(isSilent: true)
        }
        #expect(messages.lastLink == .link(.lost, reason: "no answer within 0.3 s", retryIn: nil))
    }

    @Test func nobodyThereIsSaidAsForAnyOther() async throws {
        let messages = await BackendReader.readOnce(
            try BackendTarget(FakeServer.nobody), .patient, dialect: .grpcHealth)
        #expect(messages.lastLink == .link(.lost, reason: "connection refused", retryIn: nil))
    }

    @Test func aServerOfHTTP1IsNoneOfGRPC() async throws {
        try await FakeServer.serving({ _ in .whole("{\"status\":\"ok\"}") }) { server in
            let messages = await BackendReader.readOnce(
                try BackendTarget(server.origin), .patient, dialect: .grpcHealth)
            #expect(messages.health?.status == .fail)
            guard case .link(.lost, let reason?, nil) = messages.lastLink else {
                Issue.record("\(messages)")
                return
            }
            #expect(reason.contains("does not speak HTTP/2"))
        }
    }

    @Test func aCertificateThatNobodyTrustsIsSaidInWords() async throws {
        let serving = Self.serving
        let tls = try TestCertificate.serverContext()
        try await FakeGRPCServer.serving({ _, _, _ in serving }, with: tls) { origin in
            let target = try BackendTarget(origin)
            let messages = await BackendReader.readOnce(target, .patient, dialect: .grpcHealth)
            guard case .link(.lost, let reason?, nil) = messages.lastLink else {
                Issue.record("\(messages)")
                return
            }
            #expect(reason.hasPrefix("the certificate is not accepted"))
            #expect(reason.hasSuffix("(--ca-file, --insecure)"))
            var options = ClientOptions.patient
            options.acceptsAnyCertificate = true
            let trusting = await BackendReader.readOnce(target, options, dialect: .grpcHealth)
            #expect(trusting.health?.status == .pass)
            let plain = try BackendTarget(origin.replacing("https", with: "http"))
            let unencrypted = await BackendReader.readOnce(plain, .patient, dialect: .grpcHealth)
            #expect(
                unencrypted.lastLink
                    == .link(.lost, reason: "the backend closed the connection", retryIn: nil))
        }
    }

    @Test func whatSpeaksNeitherIsSaidInWords() async throws {
        try await FakeServer.serving({ _ in FakeAnswer(pieces: [Array("SSH-2.0-x\r\n\r\n".utf8)]) }) {
            server in
            let messages = await BackendReader.readOnce(try BackendTarget(server.origin), .patient)
            guard case .link(.lost, let reason?, nil) = messages.lastLink else {
                Issue.record("\(messages)")
                return
            }
            #expect(reason.contains("does not speak HTTP/1.1"))
        }
    }
}
