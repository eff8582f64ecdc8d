import Dialects
import HTTPTypes
import NIOHTTP1
import WireProtocol

/// OTLP over gRPC: the call Export of the collector's three services.
struct TelemetryGRPC: Sendable {
    /// How much of a path is shown; those of OTLP have 63 characters at most.
    private static let maximumPath = 80

    let intake: TelemetryIntake
    let listeners: ReceiverListeners

    /// Listens until the task is cancelled.
    func run(at address: ListenAddress) async {
        let server = ReceiverServer(kind: .grpc, address: address, listeners: listeners)
        await server.run { isListening in
            try await GRPCServer(service: self).run(at: address, isListening)
        }
    }

    /// Why a call is not accepted, as far as its head says; nil when its body decides.
    static func refusal(of head: HTTPRequestHead) -> TelemetryRefusal? {
        let type = head.headers.first(name: "content-type")?.lowercased() ?? ""
        // Of application/grpc+FORMAT only protobuf is read; gRPC-Web has frames of its own.
        let format = type.prefix { $0 != ";" }.filter { $0 != " " }
        guard ["application/grpc", "application/grpc+proto"].contains(format) else {
            return .notGRPC(String(type.prefix(60)))
        }
        guard head.method == .POST else { return .method(String(head.method.rawValue.prefix(20))) }
        guard signal(of: head) != nil else { return .rpc }
        let coding = head.headers.first(name: "grpc-encoding")?.lowercased() ?? ""
        return ["", "identity", "gzip"].contains(coding) ? nil : .contentEncoding(String(coding.prefix(60)))
    }

    /// Reads a call's body and answers it.
    func answer(_ head: HTTPRequestHead, _ body: [UInt8], _ peers: Peers) async -> GRPCAnswer {
        guard let signal = Self.signal(of: head) else { return await refuse(.rpc, head, peers) }
        do throws(TelemetryRefusal) {
            let (message, isPacked) = try GRPCMessage.unframed(body)
            guard !isPacked || head.headers.first(name: "grpc-encoding")?.lowercased() == "gzip" else {
                throw .body("the message is packed, and grpc-encoding does not say how")
            }
            let batch = try TelemetryDelivery(signal: signal, bytes: message, isPacked: isPacked).batch()
            await intake.take(batch, from: peers.host)
            return .message(OTLPAnswer.accepted(batch, signal, isJSON: false))
        } catch { return await refuse(error, head, peers) }
    }

    /// Counts and shows a call that is not accepted, and returns the answer for its sender.
    func refuse(_ refusal: TelemetryRefusal, _ head: HTTPRequestHead, _ peers: Peers) async -> GRPCAnswer {
        let endpoints = listeners.endpoints(peers)
        var isGRPC = true
        if case .notGRPC = refusal { isGRPC = false }
        // Whoever only looks, or asks for health or for what is offered, delivers nothing.
        if !isGRPC, [.GET, .HEAD].contains(head.method) {
            return .plain(refusal.plainStatus, refusal.words(endpoints))
        }
        if head.uri.hasPrefix("/grpc.") { return .failure(.unimplemented, refusal.words(endpoints)) }
        let path = head.uri.prefix { $0 != "?" }.prefix(Self.maximumPath)
        let place = isGRPC ? "gRPC \(path)" : "\(head.method.rawValue.prefix(20)) \(path) over HTTP/2"
        let answer = isGRPC ? "gRPC \(refusal.grpcStatus)" : "HTTP \(refusal.status.code)"
        let words = await intake.refuse(refusal, answer: answer, at: place, peers, endpoints)
        return isGRPC ? .failure(refusal.grpcStatus, words) : .plain(refusal.plainStatus, words)
    }

    /// Counts and shows a connection that does not speak gRPC, and returns the words for its sender.
    func refuse(_ connection: ForeignConnection) -> String {
        let refusal = TelemetryRefusal.foreign(connection.kind, on: .grpc)
        let endpoints = listeners.endpoints(connection.peers)
        let answer = connection.kind == .http1 ? "HTTP \(refusal.status.code)" : "connection closed"
        Task {
            await intake.refuse(refusal, answer: answer, at: connection.address, connection.peers, endpoints)
        }
        return refusal.words(endpoints)
    }

    /// Which signal a call's path names.
    private static func signal(of head: HTTPRequestHead) -> TelemetrySignal? {
        switch head.uri {
        case "/opentelemetry.proto.collector.trace.v1.TraceService/Export": .traces
        case "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export": .metrics
        case "/opentelemetry.proto.collector.logs.v1.LogsService/Export": .logs
        default: nil
        }
    }
}

extension TelemetryRefusal {
    /// The status of a plain HTTP answer.
    fileprivate var plainStatus: HTTPResponseStatus { HTTPResponseStatus(statusCode: status.code) }
}
