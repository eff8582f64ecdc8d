import Dialects
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import NIOSSL
import Synchronization
import WireProtocol

/// Asks a gRPC server for its health: unary calls over a connection of HTTP/2, in the clear or with TLS.
///
/// AsyncHTTPClient speaks HTTP/2 over TLS only, and keeps no trailers, where gRPC
/// says how a call ended; so this has its own connection, closed after each round.
struct GRPCCaller: Sendable {
    let target: BackendTarget
    let options: ClientOptions

    /// The answer to Check, followed by that to List when the whole server was asked for and has it.
    func health(_ service: String) async throws(ReadError) -> HealthAnswerDocument {
        do {
            return try await withDeadline(options.timeout) { try await call(service) }
        } catch {
            let inspection = CertificateInspection(target: target, timeout: options.timeout)
            throw await inspection.explained(ReadError(error, options.timeout))
        }
    }

    private func call(_ service: String) async throws -> HealthAnswerDocument {
        let trouble = ConnectionTrouble()
        let (channel, streams) = try await connect(trouble)
        return try await withTaskCancellationHandler {
            do {
                var answer = try await call(
                    GRPCHealth.checkPath, GRPCHealth.request(service: service), streams)
                if service.isEmpty, answer.trailers["grpc-status"] == "0" {
                    let list = try await call(GRPCHealth.listPath, GRPCHealth.request(service: ""), streams)
                    if list.trailers["grpc-status"] == "0" { answer.body += list.body }
                }
                try? await channel.close()
                return answer
            } catch {
                try? await channel.close()
                throw trouble.first ?? error
            }
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    private func connect(
        _ trouble: ConnectionTrouble
    ) async throws -> (any Channel, NIOHTTP2Handler.StreamMultiplexer) {
        let context = try target.scheme == "https" ? NIOSSLContext(configuration: tls()) : nil
        return try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(.nanoseconds(options.timeout.wholeMilliseconds * 1_000_000))
            .connect(host: target.host, port: target.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        // RFC 6066 section 3: an address is no server name.
                        let isAddress = (try? SocketAddress(ipAddress: target.host, port: 0)) != nil
                        let handler = try NIOSSLClientHandler(
                            context: context, serverHostname: isAddress ? nil : target.host)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    let streams = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
                        mode: .client, connectionConfiguration: .init(), streamConfiguration: .init()
                    ) { $0.close() }
                    try channel.pipeline.syncOperations.addHandler(trouble)
                    return (channel, streams)
                }
            }
    }

    private func tls() -> TLSConfiguration {
        var tls = HTTPReader.tls(options)
        tls.applicationProtocols = ["h2"]
        return tls
    }

    /// One unary call, a POST whose answer ends with trailers.
    private func call(
        _ path: String, _ message: [UInt8], _ streams: NIOHTTP2Handler.StreamMultiplexer
    ) async throws -> HealthAnswerDocument {
        var head = HTTPRequestHead(version: .http2, method: .POST, uri: path)
        head.headers = ["host": target.authority, "content-type": "application/grpc", "te": "trailers"]
        head.headers.add(name: "user-agent", value: "ctxtop")
        for (name, value) in options.headers { head.headers.add(name: name, value: value) }
        if let token = options.token { head.headers.add(name: "authorization", value: "Bearer " + token) }
        let request = (head, ByteBuffer(bytes: message))
        let (answers, answer) = AsyncThrowingStream<HealthAnswerDocument, any Error>.makeStream()
        _ = try await streams.createStreamChannel { [scheme = target.scheme] stream in
            stream.eventLoop.makeCompletedFuture {
                let codec = HTTP2FramePayloadToHTTP1ClientCodec(
                    httpProtocol: scheme == "https" ? .https : .http)
                try stream.pipeline.syncOperations.addHandlers(
                    StreamStatusGuard(), codec, UnaryCall(request, answer))
            }
        }.get()
        for try await answer in answers { return answer }
        throw ReadError.closed
    }
}

/// What went wrong first with a connection; a call on it only sees that it was closed.
private final class ConnectionTrouble: ChannelInboundHandler, Sendable {
    typealias InboundIn = NIOAny

    private let error = Mutex<(any Error)?>(nil)

    var first: (any Error)? { error.withLock { $0 } }

    func errorCaught(context: ChannelHandlerContext, error caught: any Error) {
        error.withLock { $0 = $0 ?? caught }
        context.close(promise: nil)
    }
}

/// One stream of a connection: writes the request, collects the answer with its trailers.
private final class UnaryCall: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let request: (head: HTTPRequestHead, body: ByteBuffer)
    private let answer: AsyncThrowingStream<HealthAnswerDocument, any Error>.Continuation
    private var status = 0
    private var contentType: String?
    private var trailers: [String: String] = [:]
    private var body: [UInt8] = []

    init(
        _ request: (HTTPRequestHead, ByteBuffer),
        _ answer: AsyncThrowingStream<HealthAnswerDocument, any Error>.Continuation
    ) {
        self.request = request
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(request.head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(request.body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            status = Int(head.status.code)
            contentType = head.headers.first(name: "content-type")
            // A call that failed at once has no body, and its trailers are the head.
            keep(head.headers)
        case .body(let piece):
            guard body.count + piece.readableBytes <= BackendReader.healthLimit else {
                return finish(.failure(ReadError.tooLarge(limit: BackendReader.healthLimit)), context)
            }
            body += piece.readableBytesView
        case .end(let fields):
            if let fields { keep(fields) }
            var whole = HealthAnswerDocument(status: status, contentType: contentType, body: body)
            whole.trailers = trailers
            finish(.success(whole), context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { finish(.failure(ReadError.closed), context) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { finish(.failure(error), context) }

    private func keep(_ fields: HTTPHeaders) {
        for name in ["grpc-status", "grpc-message"] {
            if let value = fields.first(name: name) { trailers[name] = value }
        }
    }

    /// Ends the call; only the first end counts.
    private func finish(_ result: Result<HealthAnswerDocument, any Error>, _ context: ChannelHandlerContext) {
        answer.yield(with: result)
        answer.finish()
        context.close(promise: nil)
    }
}
