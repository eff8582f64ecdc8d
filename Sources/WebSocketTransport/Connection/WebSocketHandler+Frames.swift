import NIOCore

extension WebSocketHandler {
    /// Parses what waits although the owner is slow: nothing comes after it.
    func readRest() {
        if closing.closure == nil { parse(heedingDemand: false) }
    }

    /// Parses what waits, until the owner is slow or the connection has ended.
    func parse(heedingDemand: Bool) {
        do throws(ProtocolViolation) {
            while closing.closure == nil, !(heedingDemand && intake.isPaused),
                let frame = try parser.next(from: &intake.bytes)
            {
                take(frame)
            }
        } catch {
            let payload = ClosePayload(code: error.closeCode, reason: error.closeReason)
            fail(payload, cause: .violation(error))
        }
        intake.releaseIfEmpty()
    }

    /// Does what one frame asks for (RFC 6455 5.5, 5.6).
    private func take(_ frame: ParsedFrame) {
        switch frame {
        case .message(let message):
            guard closing.isOpen, let callbacks else { return }
            if callbacks.onMessage(message) == .pause, closing.isOpen { intake.isPaused = true }
        case .ping(let payload):
            // A pong that does not fit is an overflow like any other: flushing reports it.
            if closing.isOpen { _ = outbox.append(.pong, payload) }
        case .pong: break
        case .close(let payload): peerClosed(payload)
        }
    }

    /// Tells the owner how it ended; the first call counts.
    func report() {
        guard let closure = closing.closure, let callbacks else { return }
        self.callbacks = nil
        keepAliveTimer?.cancel()
        outbox.seal()
        callbacks.onClose(closure)
    }
}
