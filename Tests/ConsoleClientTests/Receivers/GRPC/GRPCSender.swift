import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix

@testable import ConsoleClient

/// An exporter of OTLP over gRPC, as far as a test needs one: one connection, calls of any bytes.
struct GRPCSender: Sendable {
    /// The answer to one call.
    struct Answer: Sendable {
        var status = 0
        var headers: HTTPHeaders = [:]
        var body: [UInt8] = []
        var trailers: HTTPHeaders = [:]

        /// `grpc-status` as a number.
        var code: Int? { trailers.first(name: "grpc-status").flatMap { Int($0) } }
        /// `grpc-message`.
        var words: String { trailers.first(name: "grpc-message") ?? "" }
    }

    /// One call, and how its body is sent.
    struct Call: Sendable {
        var service = "trace.v1.TraceService"
        var path: String?
        var body: [UInt8] = []
        /// How many bytes each DATA frame has; nil for all in one.
        var pieceLength: Int?
        var headers: HTTPHeaders = [:]
        var type = "application/grpc"
        var method = HTTPMethod.POST
        /// Whether the sender ends the stream after its body.
        var isEnded = true
    }

    private let channel: any Channel
    private let streams: NIOHTTP2Handler.StreamMultiplexer

    /// Connects, and closes the connection after `body`.
    static func connected<Result: Sendable>(
        to origin: String, _ body: (GRPCSender) async throws -> Result
    ) async throws -> Result {
        let target = try BackendTarget(origin)
        let (channel, streams) = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: target.host, port: target.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let streams = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
                        mode: .client, connectionConfiguration: .init(), streamConfiguration: .init()
                    ) { $0.close() }
                    return (channel, streams)
                }
            }
        defer { channel.close(promise: nil) }
        return try await body(GRPCSender(channel: channel, streams: streams))
    }

    /// Makes a call and waits for its answer.
    func send(_ call: Call) async throws -> Answer {
        let (answers, answer) = AsyncThrowingStream<Answer, any Error>.makeStream()
        _ = try await start(call, answer)
        for try await answer in answers { return answer }
        throw ReadError.closed
    }

    /// Begins a call; its stream may be closed before the answer.
    func start(
        _ call: Call, _ answer: AsyncThrowingStream<Answer, any Error>.Continuation? = nil
    ) async throws -> any Channel {
        try await streams.createStreamChannel { stream in
            stream.eventLoop.makeCompletedFuture {
                let codec = HTTP2FramePayloadToHTTP1ClientCodec(httpProtocol: .http)
                try stream.pipeline.syncOperations.addHandlers(codec, SentCall(call, answer))
            }
        }.get()
    }
}

/// One stream: writes the call, collects the answer.
private final class SentCall: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let call: GRPCSender.Call
    private let continuation: AsyncThrowingStream<GRPCSender.Answer, any Error>.Continuation?
    private var answer = GRPCSender.Answer()

    init(
        _ call: GRPCSender.Call,
        _ continuation: AsyncThrowingStream<GRPCSender.Answer, any Error>.Continuation?
    ) {
        self.call = call
        self.continuation = continuation
    }

    func channelActive(context: ChannelHandlerContext) {
        let path = call.path ?? "/opentelemetry.proto.collector.\(call.service)/Export"
        var head = HTTPRequestHead(version: .http2, method: call.method, uri: path, headers: call.headers)
        head.headers.add(name: "host", value: "localhost")
        head.headers.add(name: "te", value: "trailers")
        if !call.type.isEmpty { head.headers.add(name: "content-type", value: call.type) }
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        var rest = call.body[...]
        while !rest.isEmpty {
            let piece = rest.prefix(call.pieceLength ?? rest.count)
            rest = rest.dropFirst(piece.count)
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: piece)))), promise: nil)
        }
        if call.isEnded { context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): (answer.status, answer.headers) = (Int(head.status.code), head.headers)
        case .body(let piece): answer.body += piece.readableBytesView
        case .end(let trailers):
            answer.trailers = trailers ?? [:]
            continuation?.yield(answer)
            continuation?.finish()
        }
    }

    func channelInactive(context: ChannelHandlerContext) { continuation?.finish() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        continuation?.finish(throwing: error)
    }
}
