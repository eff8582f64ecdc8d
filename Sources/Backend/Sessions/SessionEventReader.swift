import ContextMonitor
import WireProtocol

/// One reader's place in a session's log: what it gets next, and what it has lost.
struct SessionEventReader: Sendable {
    /// What a reader is given.
    enum Piece: Sendable {
        case event(PublishedEvent)
        /// A `ctxtop.gap` line: the reader was too slow; the next event has this position.
        case gap(line: [UInt8], next: Int)
    }

    let log: SessionEventLog
    /// The position of the last event it got.
    private(set) var position: Int
    private var lastID: String?

    /// A reader of what stands behind a position, which the event of that id has, if any.
    init(_ log: SessionEventLog, after position: Int, id: String? = nil) {
        self.log = log
        self.position = position
        lastID = id
    }

    /// What there is from here on, at most 64 events, and whether nothing will ever follow.
    mutating func next() -> (pieces: [Piece], isAtEnd: Bool) {
        let batch = log.batch(after: position)
        let gap = gap(before: batch).map { [$0] } ?? []
        position = batch.position
        lastID = batch.events.last?.id ?? lastID
        return (gap + batch.events.map { .event($0) }, batch.isFinished && batch.events.isEmpty)
    }

    private func gap(before batch: SessionEventLog.Batch) -> Piece? {
        guard batch.lost > 0, let next = batch.events.first else { return nil }
        let gap = StreamGap(lost: batch.lost, after: lastID, next: next.id)
        let event = OutgoingEvent(gap, at: SystemClock.now())
        return .gap(line: event.line, next: position + batch.lost + 1)
    }
}
