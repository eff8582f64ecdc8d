import ContextMonitor
import NIOCore
import Synchronization
import WebSocketTransport

/// Sends one session's events down a connection for as long as both live.
///
/// No task waits for events: whoever appends one has the connection's event loop
/// send all there are by then, so that a burst of events becomes one write.
final class WebSocketForward: Sendable {
    private struct State {
        /// Nil once nothing is sent any more.
        var reader: SessionEventReader?
        var stopListening: (@Sendable () -> Void)?
    }

    private let connection: WebSocketConnection
    private let state: Mutex<State>
    private let isScheduled = Atomic(false)

    /// Sends what the reader gets, from now on.
    init(_ reader: SessionEventReader, to connection: WebSocketConnection) {
        self.connection = connection
        state = Mutex(State(reader: reader))
        let stop = reader.log.listen { [weak self] in self?.schedule() }
        state.withLock { $0.stopListening = stop }
    }

    deinit { stop() }

    /// Sends nothing any more; what was sent is on its way.
    func stop() {
        let stopListening = state.withLock { state in
            state.reader = nil
            defer { state.stopListening = nil }
            return state.stopListening
        }
        stopListening?()
    }

    private func schedule() {
        guard !isScheduled.exchange(true, ordering: .acquiringAndReleasing) else { return }
        connection.channel.eventLoop.execute { [self] in
            isScheduled.store(false, ordering: .releasing)
            sendBatch()
        }
    }

    /// Sends one batch; where there may be more, the other connections of the event loop get their turn first.
    private func sendBatch() {
        let (isAtEnd, hasSent) = state.withLock { state in
            guard let (pieces, isAtEnd) = state.reader?.next() else { return (false, false) }
            do throws(WebSocketError) {
                for piece in pieces {
                    switch piece {
                    case .event(let event): try connection.send(event.text)
                    case .gap(let line, _): try connection.send(String(decoding: line, as: UTF8.self))
                    }
                }
            } catch {
                connection.close(
                    code: .tryAgainLater, reason: "events could not be sent; resume after your last one")
                return (true, false)
            }
            return (isAtEnd, !pieces.isEmpty)
        }
        if isAtEnd { stop() } else if hasSent { schedule() }
    }
}
