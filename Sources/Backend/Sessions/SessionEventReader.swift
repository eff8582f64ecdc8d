import ContextMonitor
import WireProtocol

/// One reader's place in a session's log: what it gets next, and what it has lost.
struct SessionEventReader: Sendable {
    /// What a reader is given.
    enum Piece: Sendable {
        case event(PublishedEvent)
        /// A `ctxtop.gap` line: the reader was too slow; the next event has this position.
        case gap(line: [UInt8], next: Int)
        /// There was nothing for a heartbeat's length.
        case silence
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

    /// Gives everything from here on, until `take` says false, the log has ended or the task is cancelled.
    mutating func forEach(
        heartbeat: Duration? = nil, _ take: (Piece) async throws -> Bool
    ) async rethrows {
        let (wakes, wake) = AsyncStream<Bool>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let stopListening = log.listen { wake.yield(false) }
        let beat = heartbeat.map { heartbeat in
            Task {
                while !Task.isCancelled {
                    try await Task.sleep(for: heartbeat)
                    wake.yield(true)
                }
            }
        }
        defer {
            stopListening()
            beat?.cancel()
        }
        for await isBeat in wakes {
            if isBeat, log.newest == position, try await !take(.silence) { return }
            while !Task.isCancelled {
                let (pieces, isAtEnd) = next()
                for piece in pieces where try await !take(piece) { return }
                if isAtEnd { return }
                if pieces.isEmpty { break }
            }
        }
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
        var value: JSONObject = ["next": .string(next.id), "lost": .integer(Int64(batch.lost))]
        value.set("after", lastID)
        let event = OutgoingEvent(.gap, at: SystemClock.now(), value: .object(value))
        return .gap(line: event.line, next: position + batch.lost + 1)
    }
}
