/// The way from open to ended (RFC 6455 7), without a channel.
struct CloseHandshake: Sendable, Equatable {
    /// How far the end has come.
    enum Phase: Sendable, Equatable {
        /// Messages go both ways.
        case open
        /// This end sent its close frame; the peer's is awaited, other frames are dropped.
        case awaitingPeer
        /// Nothing more is read or sent; only TCP has to end.
        case ended(WebSocketClosure)
    }

    private(set) var phase = Phase.open

    /// Whether messages are delivered and pings answered.
    var isOpen: Bool { phase == .open }

    /// How it ended; `nil` as long as it has not.
    var closure: WebSocketClosure? {
        if case .ended(let closure) = phase { closure } else { nil }
    }

    /// This end wants to close; true when a close frame must be sent.
    mutating func closeHere() -> Bool {
        guard phase == .open else { return false }
        phase = .awaitingPeer
        return true
    }

    /// The peer's close frame arrived; true when it must be answered with the same code.
    mutating func peerClosed(_ payload: ClosePayload) -> Bool {
        switch phase {
        case .open:
            end(payload, cause: .closedByPeer)
            return true
        case .awaitingPeer:
            end(payload, cause: .closedHere)
            return false
        case .ended: return false
        }
    }

    /// This end gives up on the peer; true when a close frame must be sent.
    mutating func fail(_ payload: ClosePayload, cause: WebSocketClosure.Cause) -> Bool {
        let mustSend = phase == .open
        end(payload, cause: cause)
        return mustSend
    }

    /// TCP ended, or the closing handshake took too long.
    mutating func transportEnded() {
        switch phase {
        case .open: end(ClosePayload(code: .abnormal, reason: ""), cause: .vanished)
        case .awaitingPeer: end(ClosePayload(code: .abnormal, reason: ""), cause: .closedHere)
        case .ended: break
        }
    }

    /// The first end counts; later ones change nothing.
    private mutating func end(_ payload: ClosePayload, cause: WebSocketClosure.Cause) {
        guard closure == nil else { return }
        phase = .ended(WebSocketClosure(code: payload.code, reason: payload.reason, cause: cause))
    }
}
