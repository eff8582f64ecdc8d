import NIOCore

/// Waits for HTTP/2's preface (RFC 9113 section 3.4) and then gives way to HTTP/2; reports whatever else is spoken.
final class GRPCOpening: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How long a connection may be silent before its preface: 30 s.
    private static let patience = TimeAmount.seconds(30)
    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    /// The fewest bytes that tell what else is spoken: the longest method and the beginning of a path.
    private static let tellingLength = 9

    private let speakHTTP2: (ChannelHandlerContext) throws -> Void
    private let report: (ForeignConnection) -> String
    private var opening = ByteBuffer()
    private var deadline: Scheduled<Void>?
    private var isOver = false

    /// A handler for one connection.
    ///
    /// - Parameters:
    ///   - speakHTTP2: adds the handlers of HTTP/2.
    ///   - report: called once for a connection that does not begin with the preface; returns the words for the
    ///     sender.
    init(
        speakHTTP2: @escaping (ChannelHandlerContext) throws -> Void,
        report: @escaping (ForeignConnection) -> String
    ) {
        self.speakHTTP2 = speakHTTP2
        self.report = report
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        // Too short to tell, and over.
        if !isOver, opening.readableBytes > 0 { refuse(context) }
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        var piece = unwrapInboundIn(data)
        opening.writeBuffer(&piece)
        let known = opening.readableBytesView.prefix(Self.preface.count)
        if known.elementsEqual(Self.preface.prefix(known.count)) {
            if known.count == Self.preface.count { giveWay(context) }
        } else if known.count >= Self.tellingLength || known.first == 0x16 {
            refuse(context)
        }
    }

    private func giveWay(_ context: ChannelHandlerContext) {
        isOver = true
        do { try speakHTTP2(context) } catch { return context.close(promise: nil) }
        context.fireChannelRead(wrapInboundOut(opening))
        context.fireChannelReadComplete()
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    private func refuse(_ context: ChannelHandlerContext) {
        isOver = true
        let kind = ForeignConnection.Kind(opening: Array(opening.readableBytesView.prefix(16)))
        let words =
            report(
                ForeignConnection(
                    kind: kind, peers: Peers(local: context.localAddress, remote: context.remoteAddress)))
            + "\n"
        guard kind == .http1 else { return context.close(promise: nil) }
        let head =
            "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n"
            + "content-length: \(words.utf8.count)\r\nconnection: close\r\n\r\n"
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: head + words))).assumeIsolated()
            .whenComplete { _ in context.close(promise: nil) }
    }
}
