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
                let batch = log.batch(after: position)
                if let gap = gap(before: batch), try await !take(gap) { return }
                for event in batch.events {
                    lastID = event.id
                    if try await !take(.event(event)) { return }
                }
                position = batch.position
                if !batch.events.isEmpty { continue }
                if batch.isFinished { return }
                break
            }
        }
    }

    private func gap(before batch: SessionEventLog.Batch) -> Piece? {
        guard batch.lost > 0, let next = batch.events.first else { return nil }
        var value: JSONObject = ["next": .string(next.id), "lost": .integer(Int64(batch.lost))]
        value.set("after", lastID)
        let event = OutgoingEvent(.gap, at: SystemClock.now(), value: .object(value))
        return .gap(line: event.line, next: position + batch.lost + 1)
    }
}
