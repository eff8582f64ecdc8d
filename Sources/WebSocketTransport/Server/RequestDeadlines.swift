import NIOCore
import NIOHTTP1

/// Where in a message a part stands.
package enum MessageStage: Sendable {
    case head, body, end
}

/// A part of an HTTP message, of whichever library.
package protocol StagedPart {
    /// Where in its message it stands.
    var stage: MessageStage { get }
}

extension HTTPPart: StagedPart {
    /// Where in its message it stands.
    package var stage: MessageStage {
        switch self {
        case .head: .head
        case .body: .body
        case .end: .end
        }
    }
}

/// Closes a connection whose peer is silent in a request or before one, or reads nothing.
///
/// While an answer is under way there is no limit as long as the peer reads: a stream may be quiet for hours.
/// For one connection, after the HTTP decoder; everything happens on its event loop.
package final class RequestDeadlines<Request: StagedPart, Response: StagedPart>: ChannelDuplexHandler,
    RemovableChannelHandler
{
    package typealias InboundIn = Request
    package typealias InboundOut = Request
    package typealias OutboundIn = Response
    package typealias OutboundOut = Response

    private let times: ConnectionTimes
    private let noteIdle: (Bool) -> Void
    /// Requests whose head has come and whose answer has not ended.
    private var openRequests = 0
    private var isInBody = false
    private var isFirstHead = true
    /// When the state began that the deadline counts from, and when the body did.
    private var since = NIODeadline.now()
    private var bodySince = NIODeadline.now()
    /// Since when the peer has not read what waits for it.
    private var stalledSince: NIODeadline?
    private var timer: (at: NIODeadline, task: Scheduled<Void>)?

    /// - Parameter noteIdle: Called with true when a connection waits for a request, with false when one has come.
    package init(_ times: ConnectionTimes, noteIdle: @escaping (Bool) -> Void = { _ in }) {
        self.times = times
        self.noteIdle = noteIdle
    }

    /// When the peer is late; nil while this end is at work.
    private var deadline: NIODeadline? {
        if let stalledSince { return stalledSince + TimeAmount(times.stall) }
        if isInBody {
            return min(since + TimeAmount(times.bodyPart), bodySince + TimeAmount(times.body))
        }
        if openRequests > 0 { return nil }
        return since + TimeAmount(isFirstHead ? times.head : times.keepAlive)
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        since = .now()
        noteIdle(true)
        watch(context)
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        timer?.task.cancel()
        timer = nil
        noteIdle(false)
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        since = .now()
        switch unwrapInboundIn(data).stage {
        case .head:
            bodySince = since
            isFirstHead = false
            isInBody = true
            openRequests += 1
            if openRequests == 1 { noteIdle(false) }
        case .body: break
        case .end: isInBody = false
        }
        watch(context)
        context.fireChannelRead(data)
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data).stage, openRequests > 0 {
            openRequests -= 1
            since = .now()
            if openRequests == 0, !isInBody { noteIdle(true) }
            watch(context)
        }
        context.write(data, promise: promise)
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        stalledSince = context.channel.isWritable ? nil : .now()
        watch(context)
        context.fireChannelWritabilityChanged()
    }

    /// Sees to it that the handler looks at the deadline when it is over; a timer that is earlier is kept.
    private func watch(_ context: ChannelHandlerContext) {
        guard let deadline else { return }
        if let timer {
            if timer.at <= deadline { return }
            timer.task.cancel()
        }
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            self.timer = nil
            self.look(context)
        }
        timer = (deadline, task)
    }

    private func look(_ context: ChannelHandlerContext) {
        guard let deadline else { return }
        if deadline <= .now() { context.close(promise: nil) } else { watch(context) }
    }
}

@available(*, unavailable)
extension RequestDeadlines: Sendable {}
