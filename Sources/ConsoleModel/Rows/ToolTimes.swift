import PatternDetection
import WireProtocol

/// How long the finished tool calls of one context took.
public struct ToolTimes: Equatable, Sendable {
    /// How many finished.
    public let count: Int
    /// Half of them were not slower.
    public let median: Duration
    /// 95 of 100 were not slower.
    public let p95: Duration
    /// The slowest.
    public let slowest: Duration

    init?(_ durations: [Duration]) {
        let milliseconds = durations.map(\.wholeMilliseconds)
        guard let median = Percentile.nearestRank(50, of: milliseconds),
            let p95 = Percentile.nearestRank(95, of: milliseconds), let slowest = milliseconds.max()
        else { return nil }
        count = durations.count
        self.median = .milliseconds(median)
        self.p95 = .milliseconds(p95)
        self.slowest = .milliseconds(slowest)
    }
}

/// A tool call whose start and result are both known.
public struct PairedCall: Hashable, Sendable {
    /// The number of the event that started it.
    public let start: Int
    /// How long it took.
    public let took: Duration
    /// What the start says: the tool and what it was given.
    public let startDetail: String
}

extension ConsoleState {
    /// How far back a result looks for its start, in events of its session.
    private static var pairingDepth: Int { 64 }

    /// The call that an event is the result of; nil when it is no result or its start is not kept.
    public func pairedCall(_ number: Int) -> PairedCall? {
        guard let record = events[number], record.type == .toolCallResult, let call = callID(number),
            !call.isEmpty
        else { return nil }
        var previous = events.previousInSession(number)
        for _ in 0..<Self.pairingDepth {
            guard let candidate = previous, let start = events[candidate] else { return nil }
            if start.type == .toolCallStart, start.run == record.run, callID(candidate) == call {
                return PairedCall(
                    start: candidate, took: record.timestamp.since(start.timestamp),
                    startDetail: EventDetail.text(of: line(candidate), marks: []))
            }
            previous = events.previousInSession(candidate)
        }
        return nil
    }

    private func callID(_ number: Int) -> String? {
        let batch = EventBatch(lines: line(number))
        return batch.events.first.map { batch.string($0.call) }
    }
}
