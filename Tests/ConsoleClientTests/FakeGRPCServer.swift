import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import NIOSSL
import Testing

/// How a call is answered: a body, and the trailers after it; without a body, trailers only.
struct FakeCall: Sendable {
    var body: [UInt8] = []
    var trailers: HTTPHeaders = ["grpc-status": "0"]
    /// Whether no answer comes at all.
    var isSilent = false
}

/// A server that speaks nothing but HTTP/2 on a loopback port, as gRPC servers do.
enum FakeGRPCServer {
    typealias Script = @Sendable (_ path: String, _ headers: HTTPHeaders, _ body: [UInt8]) -> FakeCall

    /// Serves during `body`, then closes everything; with a context over TLS.
    static func serving<Result: Sendable>(
        _ script: @escaping Script, with tls: NIOSSLContext? = nil,
        _ body: (_ origin: String) async throws -> Result
    ) async throws -> Result {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    }
                    _ = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
                        mode: .server, connectionConfiguration: .init(), streamConfiguration: .init()
                    ) { stream in
                        stream.eventLoop.makeCompletedFuture {
                            let handlers: [any ChannelHandler] = [
                                HTTP2FramePayloadToHTTP1ServerCodec(), FakeCallHandler(script),
                            ]
                            try stream.pipeline.syncOperations.addHandlers(handlers)
                        }
                    }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        defer { listener.close(promise: nil) }
        let scheme = tls == nil ? "http" : "https"
        return try await body("\(scheme)://localhost:\(try #require(listener.localAddress?.port))")
    }
}

/// One stream: reads the whole request, writes the scripted answer.
private final class FakeCallHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let script: FakeGRPCServer.Script
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ script: @escaping FakeGRPCServer.Script) { self.script = script }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(let piece): body += piece.readableBytesView
        case .end:
            let call = script(head?.uri ?? "", head?.headers ?? [:], body)
            if call.isSilent { return }
            var fields: HTTPHeaders = ["content-type": "application/grpc"]
            if call.body.isEmpty { fields.add(contentsOf: call.trailers) }
            let answer = HTTPResponseHead(version: .http2, status: .ok, headers: fields)
            context.write(wrapOutboundOut(.head(answer)), promise: nil)
            if !call.body.isEmpty {
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: call.body)))), promise: nil)
            }
            context.writeAndFlush(
                wrapOutboundOut(.end(call.body.isEmpty ? nil : call.trailers)), promise: nil)
        }
    }
}
