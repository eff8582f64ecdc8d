import ProtobufMessages
import WireProtocol

/// The messages of `grpc.health.v1.Health` and what their answers say (grpc.io/docs/guides/health-checking).
public enum GRPCHealth {
    /// The call that tells one service's health; the empty name stands for the whole server.
    public static let checkPath = "/grpc.health.v1.Health/Check"
    /// The call that tells every service's health; servers before 2025 do not have it.
    public static let listPath = "/grpc.health.v1.Health/List"
    /// The service that a path and query asks for, `…/Check?NAME`; nil when it is no such path.
    public static func service(ofPath path: Substring) -> String? {
        guard path.hasPrefix(checkPath) else { return nil }
        let rest = path.dropFirst(checkPath.count)
        return rest.isEmpty || rest.hasPrefix("?") ? String(rest.dropFirst()) : nil
    }

    /// A request in its gRPC frame: no compression, four bytes of length, the message.
    public static func request(service: String) -> [UInt8] {
        var request = GRPCHealthCheckRequest()
        request.service = service
        let message = ProtobufMessage.encode(request)
        let length = (0..<4).map { UInt8(truncatingIfNeeded: message.count >> (24 - 8 * $0)) }
        return [0] + length + message
    }

    /// What the answers say: the frame of Check first, then that of List, where the server has it.
    static func record(_ answer: HealthAnswerDocument) -> HealthRecord {
        var record = HealthRecord()
        record.httpStatus = answer.status
        let code = answer.trailers["grpc-status"].flatMap { Int($0) }
        if let failure = failure(code, answer) {
            (record.status, record.reason) = failure
            return record
        }
        do throws(TelemetryError) {
            let frames = try frames(answer.body)
            guard let check = frames.first else {
                record.reason = "the answer has no message"
                return record
            }
            let state = try ProtobufMessage.decode(check, as: GRPCHealthCheckResponse.self).status
            if frames.count > 1 { record.checks = try services(frames[1]) }
            record.status = status(state)
            if record.status != .pass { record.reason = "gRPC says \(name(state))" }
        } catch { record.reason = "the answer is no health message: \(error)" }
        return record
    }

    /// What a call that failed says of health; nil for one that did not.
    private static func failure(_ code: Int?, _ answer: HealthAnswerDocument) -> (HealthStatus, String)? {
        let words = answer.trailers["grpc-message"].map { ": " + percentDecoded($0) } ?? ""
        switch code {
        case 0: return nil
        case 5: return (.unknown, "gRPC 5 NOT_FOUND: the server does not know this service" + words)
        case 7: return (.unknown, "gRPC 7 PERMISSION_DENIED: the token may not read health" + words)
        case 8: return (.unknown, "gRPC 8 RESOURCE_EXHAUSTED: asked too often" + words)
        case 12: return (.unknown, "gRPC 12 UNIMPLEMENTED: no grpc.health.v1.Health is registered" + words)
        case 16: return (.unknown, "gRPC 16 UNAUTHENTICATED: health needs a token (--token-file)" + words)
        case .some(let code): return (.fail, "gRPC status \(code)" + words)
        case nil:
            return (
                answer.status == 200 ? .unknown : .fail, "HTTP \(answer.status) without a gRPC status"
            )
        }
    }

    /// The messages in a body; one that breaks off is left out.
    private static func frames(_ body: [UInt8]) throws(TelemetryError) -> [[UInt8]] {
        var frames: [[UInt8]] = []
        var rest = body[...]
        while rest.count >= 5, frames.count < 2 {
            let head = Array(rest.prefix(5))
            guard head[0] == 0 else { throw .protobuf("is compressed") }
            let length = head[1...].reduce(0) { $0 << 8 | Int($1) }
            guard rest.count - 5 >= length else { break }
            frames.append(Array(rest.dropFirst(5).prefix(length)))
            rest = rest.dropFirst(5 + length)
        }
        return frames
    }

    /// The services of a HealthListResponse, sorted by name.
    private static func services(_ message: [UInt8]) throws(TelemetryError) -> [CheckRecord] {
        let list = try ProtobufMessage.decode(message, as: GRPCHealthListResponse.self)
        // The empty name is the whole, which Check has told.
        let checks = list.statuses.filter { !$0.key.isEmpty }.map { service, answer in
            var check = CheckRecord(name: service, status: status(answer.status))
            check.observedValue = name(answer.status)
            return check
        }
        return checks.sorted { $0.name < $1.name }
    }

    private static func status(_ state: GRPCHealthServingStatus) -> HealthStatus {
        switch state {
        case .serving: .pass
        case .notServing: .fail
        default: .unknown
        }
    }

    private static func name(_ state: GRPCHealthServingStatus) -> String {
        switch state {
        case .unknown: "UNKNOWN"
        case .serving: "SERVING"
        case .notServing: "NOT_SERVING"
        case .serviceUnknown: "SERVICE_UNKNOWN"
        case .UNRECOGNIZED(let number): "status \(number)"
        }
    }

    /// `grpc-message` is percent-encoded UTF-8; what is not stays as it came.
    private static func percentDecoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8.prefix(1000))[...]
        while let byte = rest.popFirst() {
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            if byte == UInt8(ascii: "%"), digits.utf8.count == 2, let value = UInt8(digits, radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
