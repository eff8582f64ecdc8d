import DequeModule
import WireProtocol

/// The newest events of all sessions, in order, for whoever attaches after the alarm.
struct EventRing {
    struct Entry {
        let at: Timestamp
        let line: [UInt8]
    }

    /// The number of the event that the next append gets; numbers count from 1.
    private(set) var nextNumber = 1
    private var entries: Deque<Entry> = []
    private var bytes = 0
    private let minimumAge: Duration
    private let minimumEvents: Int
    private let maximumBytes: Int

    init(_ configuration: MonitorConfiguration) {
        minimumAge = configuration.ringMinimumAge
        minimumEvents = configuration.ringMinimumEvents
        maximumBytes = configuration.ringMaximumBytes
    }

    /// The number of the oldest event that is still here.
    var firstNumber: Int { nextNumber - entries.count }
    var count: Int { entries.count }

    mutating func append(_ line: [UInt8], at: Timestamp) {
        entries.append(Entry(at: at, line: line))
        bytes += line.count
        nextNumber += 1
        while let oldest = entries.first,
            bytes > maximumBytes
                || (entries.count > minimumEvents && at.since(oldest.at) > minimumAge)
        {
            bytes -= oldest.line.count
            entries.removeFirst()
        }
    }

    /// The lines behind event number `after`, up to `limit` bytes, and how many were already gone.
    func lines(after number: Int, limit: Int) -> (lines: [(number: Int, line: [UInt8])], lost: Int) {
        let start = max(number + 1, firstNumber)
        let lost = start - (number + 1)
        var lines: [(Int, [UInt8])] = []
        var size = 0
        var next = start
        while next < nextNumber, size < limit {
            let line = entries[next - firstNumber].line
            lines.append((next, line))
            size += line.count
            next += 1
        }
        return (lines, lost)
    }

    /// The newest 200 events of a session, oldest first.
    ///
    /// It looks into every line: call it on a copy, not while others wait for the monitor.
    func events(of session: Owned<SessionID>?) -> [JSONValue] {
        guard let session else { return [] }
        // Metadata names the session right after its user, where it names one.
        let user = session.isUnowned ? "" : "\"user\":\(JSONValue.string(session.user.rawValue).text),"
        let needle = Array((user + "\"session\":\(JSONValue.string(session.id.rawValue).text)").utf8)
        return newest(200) { $0.contains(needle) }.compactMap { try? JSONParser.parse($0) }
    }

    /// The newest lines that `keep` accepts, oldest first.
    func newest(_ limit: Int, where keep: ([UInt8]) -> Bool) -> [[UInt8]] {
        var found: [[UInt8]] = []
        for entry in entries.reversed() where keep(entry.line) {
            found.append(entry.line)
            if found.count == limit { break }
        }
        return found.reversed()
    }
}
