import HTTPTypes

/// Why a delivery of telemetry is not accepted, and what its sender has to change.
enum TelemetryRefusal: Hashable, Sendable {
    case path
    case method(String)
    case browser
    case contentType(String)
    case contentEncoding(String)
    case body(String)
    case tooLarge
    case brokenOff
    case foreign(ForeignConnection.Kind)

    /// Reads why a content type is not accepted.
    init(contentType: String) { self = .contentType(String(contentType.prefix(60))) }

    /// The status of the answer.
    var status: HTTPResponse.Status {
        switch self {
        case .path: .notFound
        case .method, .browser: .methodNotAllowed
        case .contentType, .contentEncoding: .unsupportedMediaType
        case .tooLarge: .contentTooLarge
        case .body, .brokenOff, .foreign: .badRequest
        }
    }

    /// What is wrong and what to do; `endpoint` is where the sender reached us.
    func words(_ endpoint: String) -> String {
        switch self {
        case .path:
            "OTLP is received at /v1/traces, /v1/logs and /v1/metrics; set "
                + "OTEL_EXPORTER_OTLP_ENDPOINT=\(endpoint), or append the path to an endpoint that is set in code"
        case .method(let method): "method \(method); OTLP is sent with POST"
        case .browser:
            "a browser asked to send from another origin (CORS), which is not allowed; "
                + "send through an OpenTelemetry Collector"
        case .contentType(let type) where type.hasPrefix("application/grpc"): Self.grpc
        case .contentType(let type):
            "content type \"\(type)\"; send application/x-protobuf or application/json"
        case .contentEncoding(let coding):
            "content encoding \"\(coding)\"; set OTEL_EXPORTER_OTLP_COMPRESSION=gzip, or none"
        case .body(let reason): "\(reason); send OTLP in the encoding that the content type names"
        case .tooLarge: "a body above 16 MiB; set OTEL_BSP_MAX_EXPORT_BATCH_SIZE lower"
        case .brokenOff: "the body broke off; see the sender's log"
        case .foreign(.http2): Self.grpc
        case .foreign(.tls): "this port speaks HTTP without TLS; set the exporter's endpoint to \(endpoint)"
        case .foreign(.unknown): "not HTTP/1.1; send OTLP over HTTP to \(endpoint)"
        }
    }

    private static let grpc =
        "gRPC on the port for OTLP over HTTP; use the HTTP exporter, OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"
}
