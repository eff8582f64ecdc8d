import DequeModule
import WireProtocol

/// What was counted and measured on one backend.
public struct BackendStatistics: Equatable, Sendable {
    /// The window of every percentile: DESIGN.md §5, last 5 minutes.
    public static let window = Duration.seconds(300)
    /// The most runs that a percentile looks at; above that rate it is of the newest ones.
    public static let maximumFinished = 4096
    /// The most durations that are kept of one tool.
    public static let maximumToolCalls = 64

    /// Per-minute buckets, oldest first; at most 60.
    public internal(set) var history: [HistoryBucket] = []
    /// Runs that finished lately, oldest first.
    public internal(set) var finished: Deque<FinishedRun> = []
    /// How long calls of each tool took, in milliseconds; the newest ``maximumToolCalls``.
    var toolCalls: [Symbol: Deque<Int32>] = [:]
    /// How many events named a user that does not own what they are about.
    public internal(set) var crossings = 0
    /// Events of the last seconds, for the rate: second since the epoch and count; at most 10.
    var seconds: Deque<SecondCount> = []

    struct SecondCount: Equatable, Sendable {
        let second: Int64
        var events: Int
    }

    /// Events and errors of ``pendingSecond`` that are not in ``history`` yet.
    private var pendingEvents = 0
    var pendingErrors = 0
    private var pendingSecond: Int64 = .min

    mutating func countEvent(at moment: Timestamp, sessions: Int) {
        let second = moment.milliseconds / 1000
        if second != pendingSecond {
            flush(sessions: sessions)
            pendingSecond = second
        }
        pendingEvents += 1
    }

    /// Adds what was counted to the minute that it is about; at each other second, and after each batch.
    mutating func flush(sessions: Int) {
        guard pendingEvents > 0 else { return }
        if let place = placeOfSecond() { seconds[place].events += pendingEvents }
        if let place = placeOfMinute() {
            history[place].events = history[place].events.adding(pendingEvents)
            history[place].errors = history[place].errors.adding(pendingErrors)
            if place == history.count - 1 { history[place].sessions = sessions }
        }
        pendingEvents = 0
        pendingErrors = 0
    }

    /// Where the pending second is counted; nil when it is over for so long that no rate looks at it.
    private mutating func placeOfSecond() -> Int? {
        if seconds.last.map({ $0.second < pendingSecond }) ?? true {
            seconds.append(SecondCount(second: pendingSecond, events: 0))
            if seconds.count > 10 { seconds.removeFirst() }
        }
        return seconds.lastIndex { $0.second == pendingSecond }
    }

    /// Where the pending second's minute is; nil when it is an hour older than the newest one.
    private mutating func placeOfMinute() -> Int? {
        let minute = Timestamp(milliseconds: pendingSecond / 60 * 60_000)
        if let last = history.last, last.at.since(minute) >= .seconds(3600) { return nil }
        let place = history.lastIndex { $0.at <= minute }.map { $0 + 1 } ?? 0
        if place > 0, history[place - 1].at == minute { return place - 1 }
        history.insert(HistoryBucket(at: minute), at: place)
        guard history.count > 60 else { return place }
        history.removeFirst()
        return place > 0 ? place - 1 : nil
    }

    mutating func countRun(_ run: FinishedRun) {
        finished.append(run)
        if finished.count > Self.maximumFinished { finished.removeFirst() }
    }

    mutating func countToolCall(_ tool: Symbol, took: Duration) {
        let milliseconds = Int32(clamping: took.wholeMilliseconds)
        toolCalls[tool, default: []].append(milliseconds)
        if toolCalls[tool, default: []].count > Self.maximumToolCalls { toolCalls[tool]?.removeFirst() }
    }

    /// Events a second, over the last five whole seconds before now.
    public func eventsPerSecond(now: Timestamp) -> Double {
        let current = now.milliseconds / 1000
        let counted = seconds.filter { $0.second < current && $0.second >= current - 5 }
        return Double(counted.reduce(0) { $0 + $1.events }) / 5
    }

    /// The 95th percentile of the duration of runs that finished in the last five minutes.
    public func runP95(now: Timestamp) -> Duration? { Percentile.p95(finished, now: now) }

    /// The 95th percentile of a tool's calls, and how many there were.
    public func toolP95(_ tool: Symbol) -> (p95: Duration, count: Int)? {
        guard let calls = toolCalls[tool], let value = Percentile.nearestRank(95, of: calls.map { Int64($0) })
        else { return nil }
        return (.milliseconds(value), calls.count)
    }
}

/// Percentiles by nearest rank: the smallest value with at least that share at or below it.
enum Percentile {
    static func nearestRank(_ percent: Int, of values: [Int64]) -> Int64? {
        guard !values.isEmpty else { return nil }
        let rank = (values.count * percent + 99) / 100
        return values.sorted()[max(0, rank - 1)]
    }

    static func p95(_ runs: some Collection<FinishedRun>, now: Timestamp) -> Duration? {
        if runs.isEmpty { return nil }
        let recent = runs.filter { now.since($0.at) <= BackendStatistics.window }
        return nearestRank(95, of: recent.map(\.took.wholeMilliseconds)).map { .milliseconds($0) }
    }
}
