import NIOCore
import Synchronization

/// The bounded queue between every task that sends and the one event loop that writes.
///
/// Frames are encoded into one buffer by whoever sends; the event loop takes all
/// of it at once, so that many small messages become one write. The bound counts
/// what waits here and what the socket has not yet taken.
final class Outbox: Sendable {
    /// What became of a frame.
    enum Outcome: Sendable, Equatable {
        /// Queued; the event loop already knows.
        case queued
        /// Queued; the event loop must be woken.
        case wake
        /// Refused: the queue is full. The event loop must be woken to end the connection.
        case overflow(queuedBytes: Int)
        /// Refused: the connection closes.
        case sealed
    }

    /// What senders and the event loop share under the lock.
    private struct State {
        var waiting = ByteBuffer()
        /// Bytes given to the channel and not yet written to the socket.
        var inFlight = 0
        var isWakeScheduled = false
        var isSealed = false
        var hasOverflowed = false
    }

    private let state = Mutex(State())
    private let role: WebSocketRole
    private let maximumBytes: Int

    /// The longest frame header: 2 bytes, 8 of length, 4 of mask (RFC 6455 5.2).
    private static let longestHeader = 14

    /// An empty queue; `maximumBytes` bounds what waits and what is in flight together.
    init(role: WebSocketRole, maximumBytes: Int) {
        self.role = role
        self.maximumBytes = maximumBytes
    }

    /// Queues a message, from any thread.
    func append(_ message: WebSocketMessage) -> Outcome {
        switch message {
        case .text(let text):
            append(.text, length: text.utf8.count) { $0.writeString(text) }
        case .binary(let bytes):
            append(.binary, length: bytes.count) { $0.writeBytes(bytes) }
        }
    }

    /// Queues a ping or pong; the same bound counts, since a peer may ping and never read.
    func append(_ opcode: WebSocketOpcode, _ payload: ByteBuffer) -> Outcome {
        append(opcode, length: payload.readableBytes) { $0.writeImmutableBuffer(payload) }
    }

    /// Encodes one frame under the lock, so that frames of two tasks do not mix.
    private func append(
        _ opcode: WebSocketOpcode, length: Int, payload: (inout ByteBuffer) -> Void
    ) -> Outcome {
        let key = freshKey()
        return state.withLock { state in
            guard !state.isSealed else { return .sealed }
            let queued = state.waiting.readableBytes + state.inFlight
            guard queued == 0 || queued + length + Self.longestHeader <= maximumBytes else {
                state.isSealed = true
                state.hasOverflowed = true
                return .overflow(queuedBytes: queued)
            }
            state.waiting.writeFrame(opcode, maskingKey: key, length: length, payload: payload)
            defer { state.isWakeScheduled = true }
            return state.isWakeScheduled ? .queued : .wake
        }
    }

    /// Refuses everything from here on but the close frame.
    func seal() { state.withLock { $0.isSealed = true } }

    /// Seals the queue and puts the close frame last, bound or not.
    func appendClose(_ payload: ClosePayload) {
        let key = freshKey()
        let bytes = payload.bytes
        state.withLock { state in
            state.isSealed = true
            state.waiting.writeFrame(.close, maskingKey: key, length: bytes.readableBytes) {
                $0.writeImmutableBuffer(bytes)
            }
        }
    }

    /// Throws away what waits; gives the bytes the peer will not get, if the queue ran over.
    ///
    /// Called on the event loop; gives a number once, so that an overflow is reported once.
    func discardOverflow() -> Int? {
        state.withLock { state in
            guard state.hasOverflowed else { return nil }
            state.hasOverflowed = false
            let discarded = state.waiting.readableBytes
            state.waiting = ByteBuffer()
            return discarded
        }
    }

    /// Takes all that waits, to be written at once; `written` must follow.
    func take() -> ByteBuffer? {
        state.withLock { state in
            state.isWakeScheduled = false
            guard state.waiting.readableBytes > 0 else { return nil }
            let bytes = state.waiting
            state.waiting = ByteBuffer()
            state.inFlight += bytes.readableBytes
            return bytes
        }
    }

    /// The socket took `count` bytes.
    func written(_ count: Int) { state.withLock { $0.inFlight -= count } }

    /// A masking key nobody can guess, in a client (RFC 6455 5.3 and 10.3).
    private func freshKey() -> MaskingKey? {
        role == .client ? MaskingKey(bits: .random(in: .min ... .max)) : nil
    }
}
