import NIOCore
import NIOHTTP1

/// One call on one stream: collects its body within the budget, has it answered, writes the answer.
final class GRPCStream: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// The largest body: one message and its prefix.
    private static let maximumBytes = TelemetryDelivery.maximumBytes + GRPCMessage.prefixLength

    private enum Phase { case beforeHead, body, answered }

    private let service: TelemetryGRPC
    private let peers: Peers
    private let budget: ByteBudget
    private var phase = Phase.beforeHead
    private var head = HTTPRequestHead(version: .http2, method: .POST, uri: "")
    private var body: [UInt8] = []
    private var drained = 0

    /// A handler for one stream; `peers` and `budget` are those of its connection, as a stream of NIOHTTP2 traps
    /// when it is asked for its addresses.
    init(_ service: TelemetryGRPC, _ peers: Peers, _ budget: ByteBudget) {
        self.service = service
        self.peers = peers
        self.budget = budget
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), phase) {
        case (.head(let head), .beforeHead):
            self.head = head
            phase = .body
            if let refusal = TelemetryGRPC.refusal(of: head) { refuse(refusal, context) }
        case (.body(let piece), .body): take(piece, context)
        case (.body(let piece), .answered):
            // A sender may finish what it has begun, but not for ever.
            drained += piece.readableBytes
            if drained > Self.maximumBytes { context.close(promise: nil) }
        case (.end, .body): answer(context)
        case (.head, _), (.end, _), (.body, .beforeHead): break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if phase == .body {
            let (service, head, peers) = (service, head, peers)
            Task { _ = await service.refuse(.brokenOff, head, peers) }
        }
        forget()
        context.fireChannelInactive()
    }

    /// A broken stream is closed by its multiplexer; what it lost is reported then.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func take(_ piece: ByteBuffer, _ context: ChannelHandlerContext) {
        guard body.count + piece.readableBytes <= Self.maximumBytes else { return refuse(.tooLarge, context) }
        guard budget.reserve(piece.readableBytes) else { return refuse(.busy, context) }
        body += piece.readableBytesView
        if let length = GRPCMessage.announcedLength(body), length > TelemetryDelivery.maximumBytes {
            refuse(.tooLarge, context)
        }
    }

    private func answer(_ context: ChannelHandlerContext) {
        let (service, head, body, peers) = (service, head, body, peers)
        let budget = budget
        self.body = []
        finish(context) {
            defer { budget.release(body.count) }
            return await service.answer(head, body, peers)
        }
    }

    private func refuse(_ refusal: TelemetryRefusal, _ context: ChannelHandlerContext) {
        forget()
        let (service, head, peers) = (service, head, peers)
        finish(context) { await service.refuse(refusal, head, peers) }
    }

    /// Writes what `answer` returns, as the only answer.
    private func finish(
        _ context: ChannelHandlerContext, _ answer: @escaping @Sendable () async -> GRPCAnswer
    ) {
        phase = .answered
        context.eventLoop.makeFutureWithTask(answer).assumeIsolated().whenSuccess { answer in
            guard context.channel.isActive else { return }
            let head = HTTPResponseHead(version: .http2, status: answer.status, headers: answer.headers)
            context.write(self.wrapOutboundOut(.head(head)), promise: nil)
            if !answer.body.isEmpty {
                let body = ByteBuffer(bytes: answer.body)
                context.write(self.wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
            }
            context.writeAndFlush(self.wrapOutboundOut(.end(answer.trailers)), promise: nil)
        }
    }

    /// Lets go of the body.
    private func forget() {
        budget.release(body.count)
        body = []
    }
}
