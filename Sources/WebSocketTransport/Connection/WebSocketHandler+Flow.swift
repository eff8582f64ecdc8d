import NIOCore

extension WebSocketHandler {
    /// Queues a message, on the event loop; it is written when the loop's turn ends.
    ///
    /// - Throws: `closed`, or `overflow` after which the connection is closing.
    public func send(_ message: WebSocketMessage) throws(WebSocketError) {
        switch outbox.append(message) {
        case .queued: break
        case .wake:
            context?.eventLoop.assumeIsolated().execute { self.flushOutbox() }
        case .overflow(let queuedBytes):
            flushOutbox()
            throw .overflow(queuedBytes: queuedBytes)
        case .sealed: throw .closed
        }
    }

    /// The owner can take messages again.
    public func resume() {
        guard intake.isPaused else { return }
        intake.isPaused = false
        parse(heedingDemand: true)
        flushOutbox()
        if !intake.isPaused { readHeld() }
    }

    /// Does the read that was held back.
    func readHeld() {
        guard intake.isReadHeld else { return }
        intake.isReadHeld = false
        context?.read()
    }

    /// Writes all that waits as one buffer, unless the peer does not read; ends the connection on overflow.
    func flushOutbox() {
        guard let context, closing.closure == nil else { return }
        if let discardedBytes = outbox.discardOverflow() {
            let payload = ClosePayload(code: .tryAgainLater, reason: "the peer reads too slowly")
            return fail(payload, cause: .overflow(discardedBytes: discardedBytes))
        }
        guard context.channel.isWritable, let bytes = outbox.take() else { return }
        context.writeAndFlush(wrapOutboundOut(bytes)).assumeIsolated().whenComplete { _ in
            self.outbox.written(bytes.readableBytes)
        }
    }

    /// Starts one interval, if the configuration wants any.
    func scheduleKeepAlive() {
        guard let interval = configuration.keepAliveInterval, let context, keepAliveTimer == nil else {
            return
        }
        let loop = context.eventLoop.assumeIsolated()
        keepAliveTimer = loop.scheduleTask(in: TimeAmount(interval)) {
            self.keepAliveTimer = nil
            self.keepAliveEnded()
        }
    }

    /// One interval is over: a ping, or the end.
    private func keepAliveEnded() {
        guard closing.isOpen else { return }
        switch keepAlive.intervalEnded(isListening: !intake.isPaused) {
        case .ping:
            _ = outbox.append(.ping, ByteBuffer())
            flushOutbox()
            scheduleKeepAlive()
        case .giveUp:
            let payload = ClosePayload(code: .internalError, reason: "no answer to pings")
            fail(payload, cause: .silence)
        }
    }
}
