import WireProtocol

/// The messages of `grpc.health.v1.Health` and what their answers say (grpc.io/docs/guides/health-checking).
public enum GRPCHealth {
    /// The call that tells one service's health; the empty name stands for the whole server.
    public static let checkPath = "/grpc.health.v1.Health/Check"
    /// The call that tells every service's health; servers before 2025 do not have it.
    public static let listPath = "/grpc.health.v1.Health/List"
    /// The longest service name that is asked for: what a one-byte protobuf length can say.
    private static let maximumName = 127

    /// The service that a path and query asks for, `…/Check?NAME`; nil when it is no such path.
    public static func service(ofPath path: Substring) -> String? {
        guard path.hasPrefix(checkPath) else { return nil }
        let rest = path.dropFirst(checkPath.count)
        return rest.isEmpty || rest.hasPrefix("?") ? String(rest.dropFirst()) : nil
    }

    /// A request in its gRPC frame: no compression, four bytes of length, field 1 with the name.
    public static func request(service: String) -> [UInt8] {
        let name = Array(service.utf8.prefix(maximumName))
        let message = name.isEmpty ? [] : [0x0A, UInt8(name.count)] + name
        return [0, 0, 0, 0, UInt8(message.count)] + message
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
            let state = try servingStatus(check)
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
    private static func frames(_ body: [UInt8]) throws(TelemetryError) -> [ArraySlice<UInt8>] {
        var frames: [ArraySlice<UInt8>] = []
        var rest = body[...]
        while rest.count >= 5, frames.count < 2 {
            let head = Array(rest.prefix(5))
            guard head[0] == 0 else { throw .protobuf(offset: rest.startIndex) }
            let length = head[1...].reduce(0) { $0 << 8 | Int($1) }
            guard rest.count - 5 >= length else { break }
            frames.append(rest.dropFirst(5).prefix(length))
            rest = rest.dropFirst(5 + length)
        }
        return frames
    }

    /// Field 1 of a HealthCheckResponse.
    private static func servingStatus(_ message: ArraySlice<UInt8>) throws(TelemetryError) -> UInt64 {
        var state: UInt64 = 0
        try ProtobufFields.each(message) { field in if field.number == 1 { state = field.unsigned } }
        return state
    }

    /// The services of a HealthListResponse, a map from name to HealthCheckResponse, sorted by name.
    private static func services(_ message: ArraySlice<UInt8>) throws(TelemetryError) -> [CheckRecord] {
        var checks: [CheckRecord] = []
        try ProtobufFields.each(message) { (entry) throws(TelemetryError) in
            var service = ""
            var state: UInt64 = 0
            try ProtobufFields.each(entry.bytes) { (field) throws(TelemetryError) in
                if field.number == 1 { service = field.text }
                if field.number == 2 { state = try servingStatus(field.bytes) }
            }
            // The empty name is the whole, which Check has told.
            guard entry.number == 1, !service.isEmpty else { return }
            var check = CheckRecord(name: service, status: status(state))
            check.observedValue = name(state)
            checks.append(check)
        }
        return checks.sorted { $0.name < $1.name }
    }

    private static func status(_ state: UInt64) -> HealthStatus {
        switch state {
        case 1: .pass
        case 2: .fail
        default: .unknown
        }
    }

    private static func name(_ state: UInt64) -> String {
        let names = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"]
        return state < 4 ? names[Int(state)] : "status \(state)"
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
