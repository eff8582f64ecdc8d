import NIOCore

/// RFC 6455 on a channel of bytes, for both roles; everything happens on the channel's event loop.
///
/// Rules live in values (`MessageParser`, `CloseHandshake`, `KeepAlive`, `Outbox`);
/// this class connects them to a channel and to its owner.
public final class WebSocketHandler: ChannelDuplexHandler {
    /// Bytes from the peer.
    public typealias InboundIn = ByteBuffer
    /// Nobody writes through the pipeline; see ``WebSocketConnection``.
    public typealias OutboundIn = Never
    /// Encoded frames.
    public typealias OutboundOut = ByteBuffer

    let role: WebSocketRole
    let configuration: WebSocketConfiguration
    let outbox: Outbox
    var closing = CloseHandshake()
    var keepAlive = KeepAlive()
    var intake = Intake()
    var context: ChannelHandlerContext?
    var keepAliveTimer: Scheduled<Void>?
    var closeTimer: Scheduled<Void>?
    var parser: MessageParser
    var callbacks: WebSocketCallbacks?

    /// A handler whose queue others write to.
    init(
        role: WebSocketRole, configuration: WebSocketConfiguration, outbox: Outbox,
        callbacks: WebSocketCallbacks
    ) {
        self.role = role
        self.configuration = configuration
        self.outbox = outbox
        self.callbacks = callbacks
        parser = MessageParser(role: role, maximumMessageBytes: configuration.maximumMessageBytes)
    }

    /// A handler that owns its queue, for owners on the event loop.
    public convenience init(
        role: WebSocketRole, configuration: WebSocketConfiguration, callbacks: WebSocketCallbacks
    ) {
        let outbox = Outbox(role: role, maximumBytes: configuration.maximumQueuedBytes)
        self.init(role: role, configuration: configuration, outbox: outbox, callbacks: callbacks)
    }

    /// Starts the keepalive.
    public func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { scheduleKeepAlive() }
    }

    /// Starts the keepalive when the handler was there before the connection.
    public func channelActive(context: ChannelHandlerContext) {
        scheduleKeepAlive()
        context.fireChannelActive()
    }

    /// Tells the owner, if nothing else did before.
    public func handlerRemoved(context: ChannelHandlerContext) {
        transportEnded()
        self.context = nil
    }

    /// Takes bytes; after the end they are dropped, so that TCP can end without a reset.
    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        keepAlive.heard()
        guard closing.closure == nil else { return }
        var bytes = unwrapInboundIn(data)
        intake.append(&bytes)
        if !intake.isPaused { parse(heedingDemand: true) }
    }

    /// One flush for all the answers of one read.
    public func channelReadComplete(context: ChannelHandlerContext) {
        flushOutbox()
        context.fireChannelReadComplete()
    }

    /// Holds reads back while the owner is slow.
    public func read(context: ChannelHandlerContext) {
        if intake.isPaused { intake.isReadHeld = true } else { context.read() }
    }

    /// The peer reads again.
    public func channelWritabilityChanged(context: ChannelHandlerContext) {
        flushOutbox()
        context.fireChannelWritabilityChanged()
    }

    /// A closed input is the end (a WebSocket has no half); a server that drains says 1001.
    public func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            readRest()
            flushOutbox()
            transportEnded()
            context.close(promise: nil)
        case is ChannelShouldQuiesceEvent:
            guard configuration.closesWhenServerDrains else { return }
            close(code: .goingAway, reason: "server is shutting down")
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    /// The connection is gone; what arrived before is still read, a close frame may be in it.
    public func channelInactive(context: ChannelHandlerContext) {
        readRest()
        transportEnded()
        context.fireChannelInactive()
    }

    /// A reset or a TLS error: the connection cannot be used any more.
    public func errorCaught(context: ChannelHandlerContext, error: any Error) {
        transportEnded()
        context.close(promise: nil)
    }
}
