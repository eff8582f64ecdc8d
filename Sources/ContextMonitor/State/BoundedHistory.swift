import DequeModule
import WireProtocol

/// The last of what has ended, and how many more there were.
struct Ended<Record> {
    /// How many ended rows a snapshot carries (WIRE.md "Documents").
    static var limit: Int { 1000 }

    private(set) var records: Deque<Record> = []
    private(set) var omitted = 0

    mutating func append(_ record: Record) {
        records.append(record)
        if records.count > Self.limit {
            records.removeFirst()
            omitted += 1
        }
    }
}

/// Per-minute buckets of the last 60 minutes.
struct MinuteHistory {
    private var buckets: [Int64: HistoryBucket] = [:]
    private var durations: [Int64: [Double]] = [:]

    private mutating func bucket(at moment: Timestamp, _ change: (inout HistoryBucket) -> Void) {
        let minute = moment.milliseconds / 60_000
        if buckets[minute] == nil {
            buckets = buckets.filter { $0.key > minute - 60 }
            durations = durations.filter { $0.key > minute - 60 }
        }
        change(&buckets[minute, default: HistoryBucket(at: Timestamp(milliseconds: minute * 60_000))])
    }

    mutating func countEvent(at moment: Timestamp, path: String?, sessions: Int) {
        bucket(at: moment) { bucket in
            bucket.events += 1
            bucket.sessions = sessions
            if let path { bucket.byPath[path, default: 0] += 1 }
        }
    }

    mutating func countError(at moment: Timestamp) { bucket(at: moment) { $0.errors += 1 } }

    mutating func countRun(at moment: Timestamp, took: Duration) {
        durations[moment.milliseconds / 60_000, default: []].append(Double(took.wholeMilliseconds))
    }

    /// The buckets, oldest first; a minute without events has none, and the sessions of the minute before.
    func records(now: Timestamp) -> [HistoryBucket] {
        let last = now.milliseconds / 60_000
        guard let first = buckets.keys.filter({ $0 > last - 60 }).min(), first <= last else { return [] }
        var sessions = 0
        return (first...last).map { minute in
            var bucket = buckets[minute] ?? HistoryBucket(at: Timestamp(milliseconds: minute * 60_000))
            if buckets[minute] == nil { bucket.sessions = sessions }
            sessions = bucket.sessions
            if let sorted = durations[minute]?.sorted(), !sorted.isEmpty {
                bucket.runP95Ms =
                    sorted[min(sorted.count - 1, Int((Double(sorted.count) * 0.95).rounded(.up)) - 1)]
            }
            return bucket
        }
    }
}
