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
                await ReceiverServer(address: address, outlet: outlet).run { request, writer, _ in
                    let answer = await answer(request)
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

    private func answer(_ request: Request) async -> Response {
        let path = request.head.path?.prefix { $0 != "?" } ?? ""
        guard let signal = TelemetrySignal.allCases.first(where: { path == $0.path }) else {
            return Self.plain(.notFound, "OTLP is received at /v1/traces, /v1/logs and /v1/metrics\n")
        }
        guard request.head.method == .post else { return Self.plain(.methodNotAllowed, "POST\n") }
        let type = request.head.headerFields[.contentType]?.lowercased() ?? ""
        let isJSON = type.hasPrefix("application/json")
        guard isJSON || type.hasPrefix("application/x-protobuf") else {
            return refuse("content type \"\(type)\"", .unsupportedMediaType, isJSON: isJSON)
        }
        do {
            var body = [UInt8](
                buffer: try await request.body.collect(upTo: Self.maximumBytes))
            switch request.head.headerFields[.contentEncoding]?.lowercased() {
            case nil, "", "identity": break
            case "gzip": body = try Gzip.unpack(body, limit: Self.maximumBytes)
            case .some(let coding):
                return refuse("content encoding \"\(coding)\"", .unsupportedMediaType, isJSON: isJSON)
            }
            let batch = isJSON ? try OTLPJSON.read(body, signal) : try OTLPProtobuf.read(body, signal)
            await intake.take(batch)
            return Self.answer(.ok, OTLPAnswer.accepted(batch, signal, isJSON: isJSON), isJSON: isJSON)
        } catch let error as TelemetryError {
            return refuse(error.description, .badRequest, isJSON: isJSON)
        } catch is NIOTooManyBytesError {
            return refuse("a body above 16 MiB", .contentTooLarge, isJSON: isJSON)
        } catch { return refuse("the body broke off", .badRequest, isJSON: isJSON) }
    }

    /// Counts and shows what could not be read, and tells the sender: none of these is worth a second try.
    private func refuse(_ words: String, _ status: HTTPResponse.Status, isJSON: Bool) -> Response {
        outlet.send(.refused(what: "telemetry", reason: words))
        return Self.answer(status, OTLPAnswer.refused(words, isJSON: isJSON), isJSON: isJSON)
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

    func take(_ batch: TelemetryBatch) {
        for message in reader.take(batch, at: SystemClock.now()) { outlet.send(message) }
    }

    func tell() { for message in reader.tell(at: SystemClock.now()) { outlet.send(message) } }
}
