import Dialects
import HTTPTypes

/// Where a receiver's ports are reached, as a sender would write it.
struct TelemetryEndpoints: Hashable, Sendable {
    /// The port that the sender has reached.
    let here: String
    /// The port for OTLP over HTTP; nil while it does not listen.
    var http: String?
    /// The port for OTLP over gRPC; nil while it does not listen.
    var grpc: String?
}

/// Why a delivery of telemetry is not accepted, and what its sender has to change.
enum TelemetryRefusal: Error, Hashable, Sendable {
    case path
    case rpc
    case method(String)
    case browser
    case contentType(String)
    case notGRPC(String)
    case contentEncoding(String)
    case body(String)
    case tooLarge
    case brokenOff
    case busy
    case foreign(ForeignConnection.Kind, on: ListenerKind)

    /// Reads why a content type is not accepted.
    init(contentType: String) { self = .contentType(String(contentType.prefix(60))) }

    /// Reads why a body could not be read.
    init(_ error: TelemetryError) {
        if case .tooLarge = error { self = .tooLarge } else { self = .body(error.description) }
    }

    /// The status of the answer over HTTP.
    var status: HTTPResponse.Status {
        switch self {
        case .path, .rpc: .notFound
        case .method, .browser: .methodNotAllowed
        case .contentType, .notGRPC, .contentEncoding: .unsupportedMediaType
        case .tooLarge: .contentTooLarge
        case .busy: .serviceUnavailable
        case .body, .brokenOff, .foreign: .badRequest
        }
    }

    /// The status of the answer over gRPC: only ``GRPCStatus/unavailable`` is worth a second try (OTLP
    /// specification, "OTLP/gRPC Response").
    var grpcStatus: GRPCStatus {
        switch self {
        case .path, .rpc, .method, .browser, .contentType, .notGRPC, .contentEncoding: .unimplemented
        case .tooLarge: .resourceExhausted
        case .busy: .unavailable
        case .body, .brokenOff, .foreign: .invalidArgument
        }
    }

    /// What is wrong and what to do.
    func words(_ endpoints: TelemetryEndpoints) -> String {
        switch self {
        case .path:
            "OTLP is received at /v1/traces, /v1/logs and /v1/metrics; set OTEL_EXPORTER_OTLP_ENDPOINT="
                + "\(endpoints.here), or append the path to an endpoint that is set in code"
        case .rpc:
            "OTLP over gRPC is Export of TraceService, LogsService and MetricsService "
                + "(opentelemetry.proto.collector); send only those here"
        case .method(let method): "method \(method); OTLP is sent with POST"
        case .browser:
            "a browser asked to send from another origin (CORS), which is not allowed; "
                + "send through an OpenTelemetry Collector"
        case .contentType(let type) where type.hasPrefix("application/grpc"): Self.grpcOnHTTP(endpoints)
        case .contentType(let type):
            "content type \"\(type)\"; send application/x-protobuf or application/json"
        case .notGRPC(let type):
            "content type \"\(type)\" on the port for gRPC; " + Self.httpOnGRPC(endpoints)
        case .contentEncoding(let coding):
            "content encoding \"\(coding)\"; set OTEL_EXPORTER_OTLP_COMPRESSION=gzip, or none"
        case .body(let reason): "\(reason); send OTLP in the encoding that the content type names"
        case .tooLarge: "a body above 16 MiB, as sent or unpacked; set OTEL_BSP_MAX_EXPORT_BATCH_SIZE lower"
        case .brokenOff: "the body broke off; see the sender's log"
        case .busy: "too much is being received already; send it again later"
        case .foreign(let kind, .http): Self.onHTTP(kind, endpoints)
        case .foreign(let kind, .grpc): Self.onGRPC(kind, endpoints)
        }
    }

    private static func onHTTP(_ kind: ForeignConnection.Kind, _ endpoints: TelemetryEndpoints) -> String {
        switch kind {
        case .http2: grpcOnHTTP(endpoints)
        case .tls: "this port speaks HTTP without TLS; set the exporter's endpoint to \(endpoints.here)"
        case .http1, .unknown: "not HTTP/1.1; send OTLP over HTTP to \(endpoints.here)"
        }
    }

    private static func onGRPC(_ kind: ForeignConnection.Kind, _ endpoints: TelemetryEndpoints) -> String {
        switch kind {
        case .http1: "HTTP/1.1 on the port for gRPC; " + httpOnGRPC(endpoints)
        case .tls:
            "this port speaks gRPC without TLS; set the exporter's endpoint to \(endpoints.here), with "
                + "http://, or OTEL_EXPORTER_OTLP_INSECURE=true"
        case .http2: "HTTP/2 that breaks RFC 9113; see the sender's log"
        case .unknown: "not HTTP/2; send OTLP over gRPC to \(endpoints.here)"
        }
    }

    private static func grpcOnHTTP(_ endpoints: TelemetryEndpoints) -> String {
        let port = endpoints.grpc.map { "set OTEL_EXPORTER_OTLP_ENDPOINT=\($0), or " }
        return "gRPC on the port for OTLP over HTTP; " + (port ?? "use the HTTP exporter, ")
            + "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"
    }

    private static func httpOnGRPC(_ endpoints: TelemetryEndpoints) -> String {
        let port = endpoints.http.map { "set OTEL_EXPORTER_OTLP_ENDPOINT=\($0), or " }
        return (port ?? "use the gRPC exporter, ") + "OTEL_EXPORTER_OTLP_PROTOCOL=grpc"
    }
}
