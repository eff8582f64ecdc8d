import NIOCore
import NIOHTTP1

/// What HTTP/1.1 demands of a server and neither NIO nor a router does (RFC 9110, RFC 9112).
///
/// One Host field and no other (3.2); the authority of an absolute-form target instead of it (3.2.2); no body
/// after the head of a HEAD answer (9.3.2); HTTP/1.0 without chunks and closed (2.5); `100 Continue` (10.1.1);
/// 431 for a head that is too large (RFC 6585 section 5).
final class RequestRules: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// The limits of a request's head: 32 KiB for one field, 64 KiB for all; nginx' default is 8 KiB and 32 KiB.
    static let limits = {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 32 << 10
        limits.maxHeaderListSize = 64 << 10
        return limits
    }()
    /// How long the client of a refused request may still read before the connection is closed.
    private static let lingering = TimeAmount.seconds(2)

    /// A request whose answer has not ended.
    private struct OpenRequest {
        let isHead: Bool
        let isHTTP10: Bool
        /// Whether the connection ends with its answer.
        let isLast: Bool
        /// Whether its sender waits for `100 Continue`, and none was sent.
        var awaitsContinue: Bool
    }

    /// An answer of this handler's own, the last one of its connection.
    private struct Refusal {
        let status: HTTPResponseStatus
        let words: String
    }

    private let overload: (HTTPRequestHead) -> String?
    private var openRequests = CircularBuffer<OpenRequest>()
    /// Whether no request has come yet; only the first one can become a WebSocket.
    private var isFirstRequest = true
    /// Whether a request's head was passed on and its end was not.
    private var isInRequest = false
    /// Set with the request that is refused; everything after it is dropped.
    private var refusal: Refusal?
    private var closing: Scheduled<Void>?

    /// - Parameter refusal: The words with which a request is refused with 503; nil to answer it.
    init(refusal: @escaping (HTTPRequestHead) -> String? = { _ in nil }) { overload = refusal }

    /// Judges heads and passes the rest on.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard refusal == nil else { return }
        switch unwrapInboundIn(data) {
        case .head(let head): read(head, context: context)
        case .body: context.fireChannelRead(data)
        case .end:
            isInRequest = false
            context.fireChannelRead(data)
        }
    }

    private func read(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        let hosts = head.headers["host"].count
        guard hosts == 1 || hosts == 0 && head.version != .http1_1 else {
            return refuse(
                .badRequest, "a request names one Host, this one \(hosts == 0 ? "none" : "\(hosts)")",
                context: context)
        }
        var head = head
        if let target = AbsoluteTarget(head.uri) {
            head.uri = target.path
            head.headers.replaceOrAdd(name: "host", value: target.authority)
        }
        if let words = overload(head) { return refuse(.serviceUnavailable, words, context: context) }
        let isHTTP10 = head.version != .http1_1
        // The decoder reads nothing after a request that asks to upgrade.
        let isLateUpgrade = !isFirstRequest && head.headers.contains(name: "upgrade")
        let isLast = isHTTP10 || isLateUpgrade || head.headers.hasToken("close", in: "connection")
        isFirstRequest = false
        if isLateUpgrade { head.headers.remove(name: "upgrade") }
        // The router compares the whole field with "close", in lower case.
        if isLast { head.headers.replaceOrAdd(name: "connection", value: "close") }
        openRequests.append(
            OpenRequest(
                isHead: head.method == .HEAD, isHTTP10: isHTTP10, isLast: isLast,
                awaitsContinue: !isHTTP10 && head.headers.hasToken("100-continue", in: "expect")))
        isInRequest = true
        sendContinue(context: context)
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    /// Puts each answer into the form that its request can read.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard let request = openRequests.first else { return context.write(data, promise: promise) }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            if request.isHTTP10 {
                head.version = .http1_0
                head.headers.remove(name: "transfer-encoding")
            }
            if request.isLast { head.headers.replaceOrAdd(name: "connection", value: "close") }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body where request.isHead: writeNothing(context: context, promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            openRequests.removeFirst()
            // The encoder would end a body that has not begun.
            if request.isHead {
                writeNothing(context: context, promise: promise)
            } else {
                context.write(data, promise: promise)
            }
            sendContinue(context: context)
            sendRefusal(context: context)
        }
    }

    /// Keeps the order of promises where nothing is sent.
    private func writeNothing(context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))), promise: promise)
    }

    /// Answers an expectation as soon as every answer before it has been sent.
    private func sendContinue(context: ChannelHandlerContext) {
        guard openRequests.count == 1, openRequests[openRequests.startIndex].awaitsContinue else { return }
        openRequests[openRequests.startIndex].awaitsContinue = false
        let head = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    }

    /// Refuses a request and reads no other one of its connection.
    private func refuse(_ status: HTTPResponseStatus, _ words: String, context: ChannelHandlerContext) {
        refusal = Refusal(status: status, words: words)
        sendRefusal(context: context)
    }

    /// Sends the refusal as soon as every answer before it has been sent.
    ///
    /// The output is closed first: a client that is still sending would lose the answer to a reset.
    private func sendRefusal(context: ChannelHandlerContext) {
        guard let refusal, openRequests.isEmpty, closing == nil else { return }
        let body = ByteBuffer(string: refusal.words + "\n")
        let headers: HTTPHeaders = [
            "connection": "close", "content-type": "text/plain; charset=utf-8",
            "content-length": String(body.readableBytes),
        ]
        let head = HTTPResponseHead(version: .http1_1, status: refusal.status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
            channel.close(mode: .output, promise: nil)
        }
        closing = context.eventLoop.scheduleTask(in: Self.lingering) { channel.close(promise: nil) }
    }

    /// Answers what is not HTTP between two requests; within one, its reader learns of it.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError, !isInRequest else {
            return context.fireErrorCaught(error)
        }
        guard refusal == nil else { return }
        if error == .headerOverflow {
            refuse(
                .requestHeaderFieldsTooLarge,
                "the request's head is larger than \(Self.limits.maxHeaderListSize >> 10) KiB, or one field "
                    + "larger than \(Self.limits.maxHeaderFieldSize >> 10) KiB", context: context)
        } else {
            refuse(.badRequest, "this is not HTTP/1.1", context: context)
        }
    }

    /// The connection has ended, or is a WebSocket from now on.
    func handlerRemoved(context: ChannelHandlerContext) { closing?.cancel() }
}

/// A request target in absolute form (RFC 9112 section 3.2.2), as clients send it to proxies.
struct AbsoluteTarget: Equatable {
    /// The host and port, with any user information.
    let authority: String
    /// The path and query; `/` when there is none.
    let path: String

    /// Reads a target; nil for every other form.
    init?(_ target: String) {
        for scheme in ["http://", "https://"] where target.lowercased().hasPrefix(scheme) {
            let rest = target.dropFirst(scheme.count)
            let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
            authority = String(rest[..<end])
            let tail = rest[end...].prefix { $0 != "#" }
            path = tail.first == "/" ? String(tail) : "/" + tail
            return
        }
        return nil
    }
}
