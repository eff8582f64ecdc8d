import ContextMonitor
import DequeModule
import Synchronization
import WireProtocol

/// The newest events of one session, for its own user: with payload, resumable, bounded.
final class SessionEventLog: Sendable {
    /// How many events a session keeps for a client that comes back: 2,000, some hundred runs.
    static let limit = 2000

    fileprivate struct Kept {
        var events: Deque<PublishedEvent> = []
        var dropped = 0
        var listeners: [Int: AsyncStream<PublishedEvent>.Continuation] = [:]
        var nextListener = 0
    }

    private let kept = Mutex<Kept>(Kept())

    /// What is held behind a resume point.
    enum Tail: Sendable {
        /// All events since, in order.
        case events([PublishedEvent])
        /// The point is not held any more; so many events are gone.
        case gone(lost: Int)
    }

    func append(_ event: PublishedEvent) {
        kept.withLock { kept in
            kept.events.append(event)
            if kept.events.count > Self.limit {
                kept.events.removeFirst()
                kept.dropped += 1
            }
            for listener in kept.listeners.values { listener.yield(event) }
        }
    }

    /// The events behind an id; all that are held when it is nil.
    func tail(after id: String?) -> Tail {
        kept.withLock { $0.tail(after: id) }
    }

    /// The events behind an id, and all that follow until the stream is dropped: none twice, none missing.
    func follow(after id: String?) -> (tail: Tail, live: AsyncStream<PublishedEvent>) {
        let (stream, continuation) = AsyncStream<PublishedEvent>.makeStream(
            bufferingPolicy: .bufferingOldest(Self.limit))
        let (tail, number) = kept.withLock { kept in
            kept.nextListener += 1
            kept.listeners[kept.nextListener] = continuation
            return (kept.tail(after: id), kept.nextListener)
        }
        continuation.onTermination = { [weak self] _ in
            self?.kept.withLock { kept in _ = kept.listeners.removeValue(forKey: number) }
        }
        return (tail, stream)
    }

    /// Ends every stream that follows.
    func finish() {
        let listeners = kept.withLock { kept in
            defer { kept.listeners = [:] }
            return Array(kept.listeners.values)
        }
        for listener in listeners { listener.finish() }
    }
}

extension SessionEventLog.Kept {
    fileprivate func tail(after id: String?) -> SessionEventLog.Tail {
        guard let id, !id.isEmpty else { return .events(Array(events)) }
        guard let position = events.lastIndex(where: { $0.id == id }) else { return .gone(lost: dropped) }
        return .events(Array(events[(position + 1)...]))
    }
}
