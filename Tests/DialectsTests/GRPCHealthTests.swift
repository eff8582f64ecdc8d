import Dialects
import Testing
import WireProtocol

/// What answers of `grpc.health.v1` say, byte for byte.
@Suite struct GRPCHealthTests {
    private func frame(_ message: [UInt8]) -> [UInt8] { [0, 0, 0, 0, UInt8(message.count)] + message }

    private func record(_ body: [UInt8], _ trailers: [String: String] = ["grpc-status": "0"], http: Int = 200)
        -> HealthRecord
    {
        var answer = HealthAnswerDocument(status: http, contentType: "application/grpc+proto", body: body)
        answer.trailers = trailers
        return HealthNormalizer.read(answer)
    }

    @Test func asksForAServiceInOneFrame() {
        #expect(GRPCHealth.request(service: "") == [0, 0, 0, 0, 0])
        #expect(GRPCHealth.request(service: "a.B") == [0, 0, 0, 0, 5, 0x0A, 3, 0x61, 0x2E, 0x42])
        let long = GRPCHealth.request(service: String(repeating: "x", count: 500))
        #expect(Array(long.prefix(8)) == [0, 0, 0, 1, 0xF7, 0x0A, 0xF4, 3])
        #expect(long.count == 508)
    }

    @Test(
        arguments: [
            ("/grpc.health.v1.Health/Check", ""), ("/grpc.health.v1.Health/Check?shop.Cart", "shop.Cart"),
            ("/grpc.health.v1.Health/Checked", nil), ("/health", nil),
        ] as [(String, String?)]) func knowsTheServiceOfAPath(_ path: String, _ service: String?)
    {
        #expect(GRPCHealth.service(ofPath: path[...]) == service)
        let answer = HealthAnswerDocument(status: 200, contentType: nil, body: [])
        let name = Dialect.recognizing(Sighting(path: path, health: answer)).name
        #expect(name == (service == nil ? "health" : "grpc"))
    }

    @Test(
        arguments: [
            (0, HealthStatus.unknown, "UNKNOWN"), (1, .pass, nil), (2, .fail, "NOT_SERVING"),
            (3, .unknown, "SERVICE_UNKNOWN"), (4, .unknown, "status 4"),
        ] as [(UInt8, HealthStatus, String?)]) func readsTheServingStatus(
            _ state: UInt8, _ status: HealthStatus, _ words: String?
        )
    {
        let record = record(frame(state == 0 ? [] : [8, state]))
        #expect(record.status == status)
        #expect(record.reason == words.map { "gRPC says \($0)" })
        #expect(record.httpStatus == 200)
    }

    @Test func namesTheServicesOfAList() {
        let pay: [UInt8] = [0x0A, 9, 0x0A, 3] + Array("pay".utf8) + [0x12, 2, 8, 2]
        let cart: [UInt8] = [0x0A, 10, 0x0A, 4] + Array("cart".utf8) + [0x12, 2, 8, 1]
        let whole: [UInt8] = [0x0A, 4, 0x12, 2, 8, 1]
        let record = record(frame([8, 1]) + frame(pay + cart + whole))
        #expect(record.status == .pass)
        #expect(record.checks.map { "\($0.name)=\($0.status.rawValue)" } == ["cart=pass", "pay=fail"])
        #expect(record.checks.map(\.observedValue) == ["SERVING", "NOT_SERVING"])
    }

    @Test(arguments: [
        ("5", HealthStatus.unknown, "NOT_FOUND"), ("7", .unknown, "PERMISSION_DENIED"),
        ("8", .unknown, "too often"), ("12", .unknown, "no grpc.health.v1.Health"),
        ("14", .fail, "status 14: no worker"),
        ("16", .unknown, "--token-file"), ("x", .unknown, "without a gRPC status"),
    ]) func saysWhyACallFailed(_ code: String, _ status: HealthStatus, _ words: String) {
        let record = record([], ["grpc-status": code, "grpc-message": "no%20worker"])
        #expect(record.status == status)
        #expect(record.reason?.contains(words) == true, "\(record.reason ?? "")")
    }

    @Test func anHTTPErrorWithoutAGRPCStatusIsAFailure() {
        #expect(record([], [:], http: 502).status == .fail)
        #expect(record([], [:], http: 200).status == .unknown)
    }

    @Test(
        arguments: [
            [], [0], [0, 0, 0, 0, 9, 8, 1], [1, 0, 0, 0, 2, 8, 1], [0, 0xFF, 0xFF, 0xFF, 0xFF],
            [0, 0, 0, 0, 1, 8], [0, 0, 0, 0, 2, 8, 1, 0, 0, 0, 0, 2, 0x0A, 9],
        ] as [[UInt8]]) func whatIsNoHealthMessageIsUnknownWithAReason(_ body: [UInt8])
    {
        let record = record(body)
        #expect(record.status == .unknown)
        #expect(record.reason?.isEmpty == false)
    }
}
