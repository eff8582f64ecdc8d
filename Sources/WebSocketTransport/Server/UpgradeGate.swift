import NIOCore
import NIOHTTP1

/// Decides about the first request of a connection before NIO's upgrade handler sees it.
///
/// NIO drops a request whose upgrade is refused. The gate takes the upgrade out
/// of such a request instead, so that the router answers it: 401, 403 or 404.
final class UpgradeGate: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// How far the first request has come; an upgraded or ordinary one has no gate any more.
    private enum State: Equatable {
        /// No request has come.
        case awaitingRequest
        /// The router answers and the connection ends after it.
        case refused
        /// The gate answered; the rest of the request is dropped.
        case answered
    }

    private let decide: @Sendable (HTTPRequestHead) -> WebSocketRoute?
    private let accepted: NIOLoopBoundBox<AcceptedUpgrade?>
    private var state = State.awaitingRequest

    /// A gate for one channel; `accepted` takes the upgrade it lets through.
    init(
        accepted: NIOLoopBoundBox<AcceptedUpgrade?>,
        decide: @escaping @Sendable (HTTPRequestHead) -> WebSocketRoute?
    ) {
        self.accepted = accepted
        self.decide = decide
    }

    /// Judges the first head and lets everything else through.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (state, unwrapInboundIn(data)) {
        case (.answered, _): break
        case (.awaitingRequest, .head(let head)): judge(head, context: context)
        case (.awaitingRequest, _), (.refused, _): context.fireChannelRead(data)
        }
    }

    /// Asks the owner first: who may not know of a path learns nothing about the handshake.
    private func judge(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        guard head.headers.contains(name: "upgrade") else { return pass(head, context: context) }
        guard ServerHandshake.isAttempt(head), let route = decide(head) else {
            return refuse(head, context: context)
        }
        switch ServerHandshake(judging: head, subprotocols: route.subprotocols) {
        case .accepted(let acceptKey, let subprotocol):
            accepted.value = AcceptedUpgrade(
                head: head, route: route, acceptKey: acceptKey, subprotocol: subprotocol)
            var head = head
            head.headers.replaceOrAdd(name: "upgrade", value: "websocket")
            pass(head, context: context)
        case .wrongVersion:
            answer(
                .upgradeRequired, "this server speaks WebSocket version 13",
                headers: ["upgrade": "websocket", "sec-websocket-version": ServerHandshake.version],
                context: context)
        case .invalid(let fault): answer(.badRequest, fault, headers: [:], context: context)
        }
    }

    /// Only a connection's first request can upgrade it: the gate is not needed any more.
    private func pass(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        context.fireChannelRead(wrapInboundOut(.head(head)))
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    /// Makes an ordinary request of it, the last one: a client that tries again needs a new connection.
    private func refuse(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        state = .refused
        var head = head
        head.headers.remove(name: "upgrade")
        head.headers.replaceOrAdd(name: "connection", value: "close")
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    /// Answers a handshake the RFC forbids, and ends the connection.
    private func answer(
        _ status: HTTPResponseStatus, _ body: String, headers: HTTPHeaders, context: ChannelHandlerContext
    ) {
        state = .answered
        var headers = headers
        headers.add(name: "connection", value: "close")
        headers.add(name: "content-type", value: "text/plain; charset=utf-8")
        headers.add(name: "content-length", value: String(body.utf8.count + 1))
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body + "\n")))), promise: nil)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }

    /// Says in the router's answer to a refused upgrade that the connection ends.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard state == .refused, case .head(var head) = unwrapOutboundIn(data) else {
            return context.write(data, promise: promise)
        }
        head.headers.replaceOrAdd(name: "connection", value: "close")
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }

    /// A connection without a request holds up nothing when the server drains.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent, state == .awaitingRequest {
            return context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Nobody behind the gate answers a first request that is not HTTP.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch state {
        case .awaitingRequest where error is HTTPParserError:
            answer(.badRequest, "this is not HTTP/1.1", headers: [:], context: context)
        case .awaitingRequest: context.close(promise: nil)
        case .answered: break
        case .refused: context.fireErrorCaught(error)
        }
    }
}
