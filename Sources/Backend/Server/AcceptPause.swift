import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#endif

/// Accepts nothing for a moment when the process or the system has no file descriptor left.
///
/// NIO's own handler holds back the next read only: the listener stays registered as readable, and the event loop
/// tries again as fast as it can. For a listening channel, in front of every other handler.
final class AcceptPause: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = any Channel

    /// How long nothing is accepted.
    private static let pause = TimeAmount.milliseconds(250)
    /// After how long without an error the next one is reported again.
    private static let silence = TimeAmount.minutes(1)

    private let report: (String) -> Void
    private var lastError: NIODeadline?

    /// - Parameter report: Called with words for the log, once for errors that follow each other.
    init(report: @escaping (String) -> Void) { self.report = report }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let code = (error as? IOError)?.errnoCode, [EMFILE, ENFILE].contains(code) else {
            return context.fireErrorCaught(error)
        }
        let isNews = lastError.map { .now() - $0 > Self.silence } ?? true
        lastError = .now()
        if isNews {
            report(
                "no connection can be accepted: no file descriptor is left; trying again every "
                    + "\(Self.pause.nanoseconds / 1_000_000) ms; raise the limit of open files (ulimit -n)")
        }
        let channel = context.channel
        _ = channel.setOption(.autoRead, value: false)
        context.eventLoop.scheduleTask(in: Self.pause) { _ = channel.setOption(.autoRead, value: true) }
    }
}
