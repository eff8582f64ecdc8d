import NIOCore

extension WebSocketHandler {
    /// Starts the closing handshake (RFC 6455 7.1.2); does nothing when it has started already.
    public func close(code: WebSocketCloseCode, reason: String) {
        guard closing.closeHere() else { return }
        outbox.appendClose(ClosePayload(code: code, reason: reason))
        scheduleCloseTimer()
        flushOutbox()
        resume()
    }

    /// Ends TCP without a word, as a client that loses power does.
    public func abort() {
        closing.transportEnded()
        report()
        context?.close(promise: nil)
    }

    /// The peer's close frame: answered if it is the first, then TCP ends.
    func peerClosed(_ payload: ClosePayload) {
        if closing.peerClosed(payload) {
            outbox.appendClose(ClosePayload(code: payload.code, reason: ""))
        }
        report()
        endTransport()
    }

    /// Gives up on the peer (RFC 6455 7.1.7): says why, tells the owner, ends TCP.
    func fail(_ payload: ClosePayload, cause: WebSocketClosure.Cause) {
        if closing.fail(payload, cause: cause) { outbox.appendClose(payload) }
        report()
        endTransport()
    }

    /// TCP is gone: nothing is read or sent any more, no timer is left.
    func transportEnded() {
        closing.transportEnded()
        report()
        closeTimer?.cancel()
        keepAliveTimer?.cancel()
        intake = Intake()
    }

    /// Ends TCP once the last frame is written: the server ends first (RFC 6455 7.1.1).
    ///
    /// Only this end's half is shut down, and the rest of the input is dropped:
    /// closing a socket with unread input resets it, and the reset can overtake
    /// the close frame. A client that failed the connection does not wait either.
    private func endTransport() {
        guard let context else { return }
        intake.isPaused = false
        intake.bytes = ByteBuffer()
        scheduleCloseTimer()
        let shutsDown = role == .server || closing.closure?.cause.isFailure == true
        guard let bytes = outbox.take() else {
            if shutsDown { context.close(mode: .output, promise: nil) }
            return readHeld()
        }
        let written = context.writeAndFlush(wrapOutboundOut(bytes)).assumeIsolated()
        written.whenComplete { _ in
            self.outbox.written(bytes.readableBytes)
            if shutsDown { self.context?.close(mode: .output, promise: nil) }
        }
        readHeld()
    }

    /// Bounds the wait for the peer, from the first close frame to the end of TCP.
    private func scheduleCloseTimer() {
        guard closeTimer == nil, let context else { return }
        let loop = context.eventLoop.assumeIsolated()
        closeTimer = loop.scheduleTask(in: TimeAmount(configuration.closeTimeout)) {
            self.transportEnded()
            self.context?.close(promise: nil)
        }
    }
}

extension WebSocketClosure.Cause {
    /// Whether this end gave up, instead of shaking hands.
    var isFailure: Bool {
        switch self {
        case .violation, .overflow, .silence: true
        case .closedByPeer, .closedHere, .vanished: false
        }
    }
}
