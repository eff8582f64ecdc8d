import DequeModule
import WireProtocol

/// The newest events of all sessions, in order, for an operator who attaches after the alarm.
///
/// When its bytes are used up, the user who holds the most of them loses their oldest event: a user who floods the
/// ring pushes out nobody else's. What was taken from the middle is a gap in the numbers, and streams report it.
struct EventRing {
    private struct Entry {
        let number: Int
        let at: Timestamp
        let user: UserID?
        /// Nil once the event is gone.
        var line: [UInt8]?
    }

    /// How many places of events that are gone stay until all of them are cleared, besides as many as there are events.
    private static let slack = 1024

    /// The number of the event that the next append gets; numbers count from 1.
    private(set) var nextNumber = 1
    /// How many events are held.
    private(set) var count = 0
    private var entries: Deque<Entry> = []
    /// How many places the events take, those of events that are gone included.
    var placeCount: Int { entries.count }
    private var shares = RingShares()
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
    var firstNumber: Int { entries.first?.number ?? nextNumber }

    /// Adds an event of a user; nil stands for the server itself.
    mutating func append(_ line: [UInt8], of user: UserID? = nil, at: Timestamp) {
        entries.append(Entry(number: nextNumber, at: at, user: user, line: line))
        shares.add(nextNumber, bytes: line.count, of: user)
        bytes += line.count
        count += 1
        nextNumber += 1
        while bytes > maximumBytes, let number = shares.oldestOfHeaviest { remove(number) }
        while count > minimumEvents, let oldest = entries.first, at.since(oldest.at) > minimumAge {
            remove(oldest.number)
        }
        if entries.count > 2 * count + Self.slack { entries.removeAll { $0.line == nil } }
    }

    /// Takes away an event that is the oldest one of its user.
    private mutating func remove(_ number: Int) {
        let place = place(of: number)
        guard place < entries.count, let line = entries[place].line else { return }
        entries[place].line = nil
        shares.removeOldest(of: entries[place].user, bytes: line.count)
        bytes -= line.count
        count -= 1
        while let first = entries.first, first.line == nil { entries.removeFirst() }
    }

    /// The place of the first entry from `number` on.
    private func place(of number: Int) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The lines after event number `after`, up to `limit` bytes; what is missing between their numbers is gone.
    func lines(after number: Int, limit: Int) -> [(number: Int, line: [UInt8])] {
        var lines: [(Int, [UInt8])] = []
        var size = 0
        var place = place(of: number + 1)
        while place < entries.count, size < limit {
            let entry = entries[place]
            place += 1
            guard let line = entry.line else { continue }
            lines.append((entry.number, line))
            size += line.count
        }
        return lines
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
        for entry in entries.reversed() {
            guard let line = entry.line, keep(line) else { continue }
            found.append(line)
            if found.count == limit { break }
        }
        return found.reversed()
    }
}
