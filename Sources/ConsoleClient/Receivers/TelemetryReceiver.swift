import Dialects
import HTTPTypes
import HummingbirdCore
import NIOCore
public import WireProtocol

/// Receives OTLP/HTTP, protobuf and JSON, plain or gzip, and tells it as runs, sessions and measurements.
public struct TelemetryReceiver: MessageSource {
    /// The largest body, as it is sent and unpacked: 16 MiB, far above an exporter's batch of 512 spans.
    static let maximumBytes = 16 << 20
    /// How often what waits on time is looked at.
    private static let tellInterval = Duration.milliseconds(500)
    /// How much of a path is shown.
    private static let maximumPath = 80

    /// What was received, in order.
    public var messages: AsyncStream<Message> { outlet.messages }
    private let outlet = MessageOutlet()
    private let address: ListenAddress
    private let intake: TelemetryIntake

    /// A receiver that listens when ``run()`` is called.
    public init(_ address: ListenAddress) {
        self.address = address
        intake = TelemetryIntake(outlet)
    }

    /// Listens until the task is cancelled.
    public func run() async {
        outlet.send(.link(.connecting, reason: nil, retryIn: nil))
        outlet.send(.dialect(name: "otlp", coverage: .telemetry))
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let server = ReceiverServer(address: address, outlet: outlet) { connection in
                    Task { await refuse(connection) }
                }
                await server.run { request, writer, channel in
                    let peers = Peers(local: channel.localAddress, remote: channel.remoteAddress)
                    let answer = await answer(request, peers)
                    try await writer.write(response: answer.head, body: answer.body)
                }
            }
            group.addTask {
                while !Task.isCancelled {
                    await intake.tell()
                    try? await Task.sleep(for: Self.tellInterval)
                }
            }
        }
        outlet.finish()
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
                return Self.plain(.notFound, TelemetryRefusal.path.words(peers.endpoint) + "\n")
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
        do {
            var body = [UInt8](
                buffer: try await request.body.collect(upTo: Self.maximumBytes))
            switch fields[.contentEncoding]?.lowercased() {
            case nil, "", "identity": break
            case "gzip": body = try Gzip.unpack(body, limit: Self.maximumBytes)
            case .some(let coding):
                return await refuse(.contentEncoding(String(coding.prefix(60))), request, peers)
            }
            let batch = isJSON ? try OTLPJSON.read(body, signal) : try OTLPProtobuf.read(body, signal)
            if let reason = batch.reason, batch.isEmpty {
                return await refuse(.body(reason), request, peers)
            }
            let notice = path == signal.path ? nil : Self.notice(path, signal, peers)
            await intake.take(batch, from: peers.host, notice: notice)
            return Self.answer(
                .ok, OTLPAnswer.accepted(batch, signal, notice: notice, isJSON: isJSON), isJSON: isJSON)
        } catch let error as TelemetryError {
            return await refuse(.body(error.description), request, peers)
        } catch is NIOTooManyBytesError {
            return await refuse(.tooLarge, request, peers)
        } catch { return await refuse(.brokenOff, request, peers) }
    }

    /// What the sender should change, although its delivery is accepted.
    private static func notice(_ path: String, _ signal: TelemetrySignal, _ peers: Peers) -> String {
        "POST \(path.prefix(maximumPath)) is accepted as \(signal.path); "
            + "set OTEL_EXPORTER_OTLP_ENDPOINT=\(peers.endpoint), without a path"
    }

    /// Counts and shows what is not accepted, and tells the sender: none of these is worth a second try.
    private func refuse(_ refusal: TelemetryRefusal, _ request: Request, _ peers: Peers) async -> Response {
        let path = (request.head.path ?? "/").prefix { $0 != "?" }.prefix(Self.maximumPath)
        let address = "\(request.head.method.rawValue.prefix(20)) \(path)"
        let words = await refuse(refusal, at: address + peers.origin, peers)
        let type = request.head.headerFields[.contentType]?.lowercased() ?? ""
        let isJSON = type.hasPrefix("application/json")
        guard isJSON || type.hasPrefix("application/x-protobuf") else {
            return Self.plain(refusal.status, words + "\n")
        }
        return Self.answer(refusal.status, OTLPAnswer.refused(words, isJSON: isJSON), isJSON: isJSON)
    }

    private func refuse(_ connection: ForeignConnection) async {
        _ = await refuse(.foreign(connection.kind), at: connection.address, connection.peers)
    }

    private func refuse(
        _ refusal: TelemetryRefusal, at address: String, _ peers: Peers
    ) async -> String {
        let words = refusal.words(peers.endpoint)
        let failure = "HTTP \(refusal.status.code); \(words)"
        await intake.refuse(RefusedDelivery(address: address, host: peers.host, failure: failure))
        return words
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

/// The one reader behind all connections of a receiver.
private actor TelemetryIntake {
    private var reader = TelemetryReader()
    private let outlet: MessageOutlet

    init(_ outlet: MessageOutlet) { self.outlet = outlet }

    func take(_ batch: TelemetryBatch, from host: String, notice: String?) {
        for message in reader.accept(from: host, notice: notice) { outlet.send(message) }
        for message in reader.take(batch, at: SystemClock.now()) { outlet.send(message) }
    }

    func refuse(_ delivery: RefusedDelivery) {
        for message in reader.refuse(delivery, at: SystemClock.now()) { outlet.send(message) }
    }

    func tell() { for message in reader.tell(at: SystemClock.now()) { outlet.send(message) } }
}
