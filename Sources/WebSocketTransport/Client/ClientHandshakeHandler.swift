import NIOCore
import NIOHTTP1

/// Sends the handshake, judges the answer, and gives its place to the WebSocket.
final class ClientHandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = HTTPClientRequestPart

    /// How far the handshake has come.
    private enum State {
        /// TCP is not there yet; a failure is reported by whoever connects.
        case connecting
        case waiting
        /// A 101 came; its end is awaited.
        case switching(HTTPResponseHead)
        /// Another answer came; its body is collected.
        case refused(HTTPResponseHead, ByteBuffer)
        /// The 101 is good and HTTP is being taken away; frames that arrived meanwhile.
        case emptying([NIOAny])
        /// Decided.
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

    /// One handshake; `opened` is completed exactly once, but for a failed connect.
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

    /// TCP is there: asks for the WebSocket.
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

    /// Takes the answer in parts, and frames once HTTP is being taken away.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch state {
        case .done: return context.fireChannelRead(data)
        case .emptying(let held):
            state = .emptying(held + [data])
            return
        case .connecting, .waiting, .switching, .refused: break
        }
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

    /// A refusal without a length ends here; everything else is cut off.
    func channelInactive(context: ChannelHandlerContext) {
        if case .refused(let head, let body) = state {
            refuse(head, body, context: context)
        } else {
            fail(.unreachable("the server closed the connection during the handshake"), context: context)
        }
        context.fireChannelInactive()
    }

    /// The channel is gone; nobody may wait for ever.
    func handlerRemoved(context: ChannelHandlerContext) {
        if case .connecting = state { return }
        fail(.unreachable("the connection ended during the handshake"), context: context)
    }

    /// An answer that is not HTTP, or a broken connection.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .done = state { return context.fireErrorCaught(error) }
        fail(.unreachable("\(error)"), context: context)
    }

    /// The server answered, and not with 101.
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

    /// Takes HTTP away. What the decoder still holds are the server's first frames; they wait here.
    ///
    /// The WebSocket comes only when the decoder is gone: the decoder looks at
    /// every write to pair requests with responses, and traps on bytes.
    private func open(_ head: HTTPResponseHead, context: ChannelHandlerContext) {
        let subprotocol: String?
        do throws(HandshakeFault) {
            subprotocol = try handshake.subprotocol(acceptedBy: head)
        } catch {
            return fail(.invalidHandshake(error), context: context)
        }
        state = .emptying([])
        let pipeline = context.pipeline.syncOperations
        pipeline.removeHandler(http.encoder, promise: nil)
        pipeline.removeHandler(http.decoder).assumeIsolated().whenComplete { _ in
            self.install(subprotocol: subprotocol, context: context)
        }
    }

    /// Puts the WebSocket behind this handler, gives it what waits, and leaves.
    private func install(subprotocol: String?, context: ChannelHandlerContext) {
        guard case .emptying(let held) = state else { return }
        do {
            let connection = try WebSocketConnection(
                on: context.channel, role: .client, subprotocol: subprotocol, configuration: configuration)
            state = .done
            timer?.cancel()
            for frames in held { context.fireChannelRead(frames) }
            context.fireChannelReadComplete()
            opened.succeed(connection)
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        } catch {
            fail(.unreachable("\(error)"), context: context)
        }
    }
}
