import ContextMonitor
import DequeModule
import Synchronization
import WireProtocol

/// The newest events of one session, for its own user: with payload, resumable, bounded.
///
/// Events have positions, counted from 1. Readers keep their own position and are
/// only woken: whoever is slow finds a gap, never a queue that ran over in silence.
final class SessionEventLog: Sendable {
    /// How many events a session keeps for a client that comes back: 2,000, some hundred runs.
    static let limit = 2000

    /// Where the events of a run are.
    struct Span: Equatable {
        /// The position before the run's first event.
        var start: Int
        /// The position of its last event; nil while it goes on.
        var end: Int?
    }

    fileprivate struct Kept {
        var events: Deque<PublishedEvent> = []
        /// The position of the newest event; 0 when there was none.
        var newest = 0
        var spans: [RunID: Span] = [:]
        var isFinished = false
        var listeners: [Int: @Sendable () -> Void] = [:]
        var nextListener = 0

        /// The position before the oldest event that is held.
        var floor: Int { newest - events.count }
    }

    private let kept = Mutex<Kept>(Kept())

    /// What stands behind a position: at most so many events, and how many before them are gone.
    struct Batch: Sendable {
        var events: [PublishedEvent] = []
        var lost = 0
        /// The position of the last event in it.
        var position: Int
        /// Whether the log has ended; nothing will follow the newest event.
        var isFinished = false
    }

    func append(_ event: PublishedEvent) {
        let listeners = kept.withLock { kept in
            kept.events.append(event)
            kept.newest += 1
            if kept.events.count > Self.limit { kept.events.removeFirst() }
            kept.note(event)
            return Array(kept.listeners.values)
        }
        for wake in listeners { wake() }
    }

    /// How many events it holds.
    var count: Int { kept.withLock(\.events.count) }

    /// The position of the newest event.
    var newest: Int { kept.withLock(\.newest) }

    /// The position of an event's id; nil when it is not held any more.
    func position(of id: String) -> Int? {
        kept.withLock { kept in
            kept.events.lastIndex { $0.id == id }.map { kept.floor + $0 + 1 }
        }
    }

    /// Whether the session has ended; nothing will follow the newest event.
    var isFinished: Bool { kept.withLock(\.isFinished) }

    /// The position before the oldest event that is held: how many events are gone.
    var floor: Int { kept.withLock(\.floor) }

    /// Where a run's events are; nil when they were never here or are long gone.
    func span(of run: RunID) -> Span? { kept.withLock { $0.spans[run] } }

    /// The events behind a position, at most `limit` of them.
    func batch(after position: Int, limit: Int = 64) -> Batch {
        kept.withLock { kept in
            let start = max(position, kept.floor)
            let first = start - kept.floor
            let events = Array(kept.events[first..<min(kept.events.count, first + limit)])
            return Batch(
                events: events, lost: start - position, position: start + events.count,
                isFinished: kept.isFinished)
        }
    }

    /// Calls `wake` now and at all news, the log's end too, until the result is called.
    func listen(_ wake: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        let number = kept.withLock { kept in
            kept.nextListener += 1
            kept.listeners[kept.nextListener] = wake
            return kept.nextListener
        }
        wake()
        return { [weak self] in
            self?.kept.withLock { kept in _ = kept.listeners.removeValue(forKey: number) }
        }
    }

    /// Ends the log; readers get what they have not read yet.
    func finish() {
        let listeners = kept.withLock { kept in
            kept.isFinished = true
            return Array(kept.listeners.values)
        }
        for wake in listeners { wake() }
    }
}

extension SessionEventLog.Kept {
    /// Notes where a run begins and ends; spans go when their events have gone.
    fileprivate mutating func note(_ event: PublishedEvent) {
        guard let run = event.run else { return }
        if spans[run] == nil || event.type == .runStarted {
            spans[run] = .init(start: newest - 1)
            let floor = floor
            if spans.count > 200 { spans = spans.filter { ($0.value.end ?? .max) > floor } }
        }
        if event.type == .runFinished || event.type == .runError { spans[run]?.end = newest }
    }
}
