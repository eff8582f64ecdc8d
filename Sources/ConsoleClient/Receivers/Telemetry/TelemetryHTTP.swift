import Dialects
import HTTPTypes
import HummingbirdCore
import NIOCore
import WireProtocol

/// OTLP over HTTP/1.1: protobuf and JSON at any path that ends in a signal's.
struct TelemetryHTTP: Sendable {
    /// How much of a path is shown.
    private static let maximumPath = 80

    let intake: TelemetryIntake
    let listeners: ReceiverListeners

    /// Listens until the task is cancelled.
    func run(at address: ListenAddress) async {
        let server = ReceiverServer(kind: .http, address: address, listeners: listeners)
        await server.runHTTP(foreign: { connection in
            Task { await refuse(connection) }
        }) { request, writer, channel in
            let peers = Peers(local: channel.localAddress, remote: channel.remoteAddress)
            let answer = await answer(request, peers)
            try await writer.write(response: answer.head, body: answer.body)
        }
    }

    private func answer(_ request: Request, _ peers: Peers) async -> Response {
        let path = String((request.head.path ?? "/").prefix { $0 != "?" })
        let fields = request.head.headerFields
        let method = request.head.method
        let type = fields[.contentType]?.lowercased() ?? ""
        // Its path is that of a service, and names no signal.
        if type.hasPrefix("application/grpc") {
            return await refuse(.init(contentType: type), request, peers)
        }
        guard let signal = TelemetrySignal(endOf: path) else {
            // Whoever only looks delivers nothing.
            if method == .get || method == .head {
                return Self.plain(.notFound, TelemetryRefusal.path.words(listeners.endpoints(peers)) + "\n")
            }
            return await refuse(.path, request, peers)
        }
        guard method == .post else {
            if method == .get || method == .head { return Self.plain(.methodNotAllowed, "POST\n") }
            let isPreflight = method == .options && fields[.accessControlRequestMethod] != nil
            return await refuse(isPreflight ? .browser : .method(method.rawValue), request, peers)
        }
        let isJSON = type.hasPrefix("application/json")
        guard isJSON || type.hasPrefix("application/x-protobuf") else {
            return await refuse(.init(contentType: type), request, peers)
        }
        do throws(TelemetryRefusal) {
            let isPacked = try Self.isPacked(fields[.contentEncoding])
            let delivery = TelemetryDelivery(
                signal: signal, bytes: try await Self.body(of: request), isPacked: isPacked, isJSON: isJSON)
            let batch = try delivery.batch()
            let notice = Self.notice(path, signal, peers)
            await intake.take(batch, from: peers.host, notice: notice)
            return Self.answer(
                .ok, OTLPAnswer.accepted(batch, signal, notice: notice, isJSON: isJSON), isJSON: isJSON)
        } catch { return await refuse(error, request, peers) }
    }

    private static func isPacked(_ coding: String?) throws(TelemetryRefusal) -> Bool {
        switch coding?.lowercased() {
        case nil, "", "identity": return false
        case "gzip": return true
        case .some(let coding): throw .contentEncoding(String(coding.prefix(60)))
        }
    }

    private static func body(of request: Request) async throws(TelemetryRefusal) -> [UInt8] {
        do {
            return [UInt8](buffer: try await request.body.collect(upTo: TelemetryDelivery.maximumBytes))
        } catch is NIOTooManyBytesError { throw .tooLarge } catch { throw .brokenOff }
    }

    /// What the sender should change, although its delivery is accepted; nil where the path is right.
    private static func notice(_ path: String, _ signal: TelemetrySignal, _ peers: Peers) -> String? {
        guard !signal.paths.contains(path) else { return nil }
        return "POST \(path.prefix(maximumPath)) is accepted as \(signal.path); "
            + "set OTEL_EXPORTER_OTLP_ENDPOINT=\(peers.endpoint), without a path"
    }

    /// Counts and shows what is not accepted, and tells the sender: none of these is worth a second try.
    private func refuse(_ refusal: TelemetryRefusal, _ request: Request, _ peers: Peers) async -> Response {
        let path = (request.head.path ?? "/").prefix { $0 != "?" }.prefix(Self.maximumPath)
        let place = "\(request.head.method.rawValue.prefix(20)) \(path)"
        let words = await intake.refuse(
            refusal, answer: "HTTP \(refusal.status.code)", at: place, peers, listeners.endpoints(peers))
        let type = request.head.headerFields[.contentType]?.lowercased() ?? ""
        let isJSON = type.hasPrefix("application/json")
        guard isJSON || type.hasPrefix("application/x-protobuf") else {
            return Self.plain(refusal.status, words + "\n")
        }
        return Self.answer(refusal.status, OTLPAnswer.refused(words, isJSON: isJSON), isJSON: isJSON)
    }

    private func refuse(_ connection: ForeignConnection) async {
        let refusal = TelemetryRefusal.foreign(connection.kind, on: .http)
        _ = await intake.refuse(
            refusal, answer: "HTTP \(refusal.status.code)", at: connection.address, connection.peers,
            listeners.endpoints(connection.peers))
    }

    private static func answer(_ status: HTTPResponse.Status, _ body: [UInt8], isJSON: Bool) -> Response {
        Response(
            status: status,
            headers: [.contentType: isJSON ? "application/json" : "application/x-protobuf"],
            body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }

    private static func plain(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
