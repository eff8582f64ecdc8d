import NIOCore
import NIOHTTP1

/// Sends the handshake, judges the answer, and gives its place to the WebSocket.
final class ClientHandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = HTTPClientRequestPart

    private enum State {
        /// TCP is not there yet; a failure is reported by whoever connects.
        case connecting
        case waiting
        /// A 101 came; its end is awaited.
        case switching(HTTPResponseHead)
        /// Another answer came; its body is collected.
        case refused(HTTPResponseHead, ByteBuffer)
        /// Decided. Bytes that came with the 101 are frames and are passed on.
        case done
    }

    /// The HTTP handlers in front of this one, which go when the WebSocket comes.
    struct HTTPHandlers {
        let encoder = HTTPRequestEncoder()
        let decoder = ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes))
    }

    private let handshake: ClientHandshake
    private let request: HTTPRequestHead
    private let http: HTTPHandlers
    private let configuration: WebSocketConfiguration
    private let opened: EventLoopPromise<WebSocketConnection>
    private var state = State.connecting
    private var timer: Scheduled<Void>?

    /// How much of a refusal's body is kept, in bytes: enough for a problem document.
    private static let keptBody = 1024

    init(
        handshake: ClientHandshake, request: HTTPRequestHead, http: HTTPHandlers,
        configuration: WebSocketConfiguration, opened: EventLoopPromise<WebSocketConnection>
    ) {
        self.handshake = handshake
        self.request = request
        self.http = http
        self.configuration = configuration
        self.opened = opened
    }

    func channelActive(context: ChannelHandlerContext) {
        state = .waiting
        context.write(wrapOutboundOut(.head(request)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        let loop = context.eventLoop.assumeIsolated()
        timer = loop.scheduleTask(in: TimeAmount(configuration.handshakeTimeout)) {
            self.fail(.timedOut, context: context)
        }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .done = state { return context.fireChannelRead(data) }
        switch (state, unwrapInboundIn(data)) {
        case (.waiting, .head(let head)):
            state = head.status == .switchingProtocols ? .switching(head) : .refused(head, ByteBuffer())
        case (.switching(let head), .end): open(head, context: context)
        case (.refused(let head, var body), .body(var piece)):
            body.writeBuffer(&piece)
            state = .refused(head, body)
            if body.readableBytes >= Self.keptBody { refuse(head, body, context: context) }
        case (.refused(let head, let body), .end): refuse(head, body, context: context)
        default: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .refused(let head, let body) = state {
            refuse(head, body, context: context)
        } else {
            fail(.unreachable("the server closed the connection during the handshake"), context: context)
        }
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        if case .connecting = state { return }
        fail(.unreachable("the connection ended during the handshake"), context: context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .done = state { return context.fireErrorCaught(error) }
        fail(.unreachable("\(error)"), context: context)
    }

    private func refuse(_ head: HTTPResponseHead, _ body: ByteBuffer, context: ChannelHandlerContext) {
        let prefix = String(decoding: body.readableBytesView.prefix(Self.keptBody), as: UTF8.self)
        fail(.refused(status: Int(head.status.code), body: prefix), context: context)
    }

    /// The first outcome counts.
    private func fail(_ error: WebSocketError, context: ChannelHandlerContext) {
        if case .done = state { return }
        state = .done
        timer?.cancel()
        opened.fail(error)
        context.close(promise: nil)
    }

    /// Puts the WebSocket behind this handler, then takes HTTP away; what the decoder
    /// still holds are the server's first frames, which pass through here.
    private func open(_ head: HTTPResponseHead, context: ChannelHandlerContext) {
        let connection: WebSocketConnection
        do {
            let subprotocol = try handshake.subprotocol(acceptedBy: head)
            connection = try WebSocketConnection(
                on: context.channel, role: .client, subprotocol: subprotocol, configuration: configuration)
        } catch let fault as HandshakeFault {
            return fail(.invalidHandshake(fault), context: context)
        } catch {
            return fail(.unreachable("\(error)"), context: context)
        }
        state = .done
        timer?.cancel()
        let pipeline = context.pipeline.syncOperations
        pipeline.removeHandler(http.encoder, promise: nil)
        // Whoever gets the connection may send at once, from another thread: HTTP must be gone before.
        pipeline.removeHandler(http.decoder).assumeIsolated().whenComplete { [opened] _ in
            pipeline.removeHandler(self, promise: nil)
            opened.succeed(connection)
        }
    }
}
