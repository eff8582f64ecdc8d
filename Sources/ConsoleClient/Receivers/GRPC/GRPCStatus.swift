/// How a gRPC call ended: the numbers of `grpc-status` that are used here (grpc.io/docs/guides/status-codes).
enum GRPCStatus: Int, Hashable, Sendable, CustomStringConvertible {
    case ok = 0
    case invalidArgument = 3
    case resourceExhausted = 8
    case unimplemented = 12
    case unavailable = 14

    /// Number and name, such as `12 UNIMPLEMENTED`.
    var description: String {
        let name: String =
            switch self {
            case .ok: "OK"
            case .invalidArgument: "INVALID_ARGUMENT"
            case .resourceExhausted: "RESOURCE_EXHAUSTED"
            case .unimplemented: "UNIMPLEMENTED"
            case .unavailable: "UNAVAILABLE"
            }
        return "\(rawValue) \(name)"
    }
}
