import NIOCore
import NIOHPACK
import NIOHTTP2

/// Refuses the `:status` that no HTTP answer can have before the HTTP/2 codec converts it to a number.
///
/// The codec reads any whole number, with a sign too, and stores it without one. RFC 9113
/// section 8.3.2 has three digits.
final class StreamStatusGuard: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias InboundOut = HTTP2Frame.FramePayload

    private var isRefused = false

    /// Passes every frame up to the first impossible status, which ends the stream.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        if case .headers(let frame) = unwrapInboundIn(data),
            let status = frame.headers.first(name: ":status"), !AnswerStatus.isPossible(status)
        {
            isRefused = true
            context.fireErrorCaught(ReadError.impossibleStatus(String(status.prefix(8))))
            context.close(promise: nil)
            return
        }
        context.fireChannelRead(data)
    }
}
