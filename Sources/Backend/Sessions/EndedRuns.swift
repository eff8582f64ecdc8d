import DequeModule
import WireProtocol

/// How the last runs of a session ended, for whoever asks late.
struct EndedRuns: Sendable {
    /// How many are remembered, oldest forgotten first.
    static let limit = 100

    private var order: Deque<RunID> = []
    private var ends: [RunID: RunEnd] = [:]

    /// How a run ended; nil when it has not or is forgotten.
    subscript(run: RunID) -> RunEnd? { ends[run] }

    /// Remembers the end of a run; an id that was used again counts once.
    mutating func append(_ run: RunID, _ end: RunEnd) {
        if ends.updateValue(end, forKey: run) != nil { order.removeAll { $0 == run } }
        order.append(run)
        if order.count > Self.limit { ends[order.removeFirst()] = nil }
    }
}
