import Synchronization
import WireProtocol

/// Rows that were derived from a state already, so that one frame, and the next key, do not derive them again.
///
/// A value is found again only under the same stamp, and no two states with
/// different facts have the same revision: what is drawn is still a pure
/// function of the state.
struct Derived: Equatable, Sendable {
    /// Which facts the rows come from; unique in this process.
    private(set) var revision = RowCache.nextRevision()
    /// Whether facts changed that ``revision`` does not tell of yet.
    private(set) var isBehind = false
    /// When ``revision`` changed last.
    private var changedAt = Timestamp(milliseconds: .min / 2)
    /// The rows.
    let cache = RowCache()

    /// Above this many rows new facts are shown at most every ``interval``; a table of 2,000 is derived in 3 ms.
    static let largeCount = 2000
    /// How long rows of a large state may lag behind its facts: one frame.
    static let interval = Duration.milliseconds(100)

    /// What is derived is no fact: states are equal when their facts are.
    static func == (first: Self, second: Self) -> Bool { true }

    /// Notes that facts changed.
    mutating func touch(rowCount: Int, at now: Timestamp) {
        isBehind = true
        if rowCount < Self.largeCount || now.since(changedAt) >= Self.interval { catchUp(at: now) }
    }

    /// Shows what changed, however short ago that was.
    mutating func catchUp(at now: Timestamp) {
        guard isBehind else { return }
        isBehind = false
        changedAt = now
        revision = RowCache.nextRevision()
    }
}

/// The store behind ``Derived``; one value for each slot, the last one made.
final class RowCache: Sendable {
    /// What is derived.
    enum Slot: Hashable { case rows(ViewID), table(ViewID), selectable, context }

    /// What a value depends on.
    struct Stamp: Hashable {
        var revision: UInt64
        /// Ages change by the second.
        var second: Int64
        var filter = ""
        var sortColumn: String?
        var isReversed = false
        var grouping: Grouping?
        var place: Place?
        var section = 0
    }

    private struct Entry {
        let stamp: Stamp
        let value: any Sendable
    }

    private let entries = Mutex<[Slot: Entry]>([:])
    private static let revisions = Atomic<UInt64>(0)

    private let order = Mutex<[Int]>([])

    /// The numbers below `count` in an order; it begins from the last one, which mostly still holds.
    ///
    /// - Parameter isBefore: A total order, so that where it begins makes no difference but to the time it takes.
    func sorted(_ count: Int, by isBefore: (Int, Int) -> Bool) -> [Int] {
        let last = order.withLock { $0 }
        let start = last.count > count ? Array(0..<count) : last + Array(last.count..<count)
        let sorted = start.sorted(by: isBefore)
        order.withLock { $0 = sorted }
        return sorted
    }

    /// A number that was never given before.
    static func nextRevision() -> UInt64 {
        revisions.wrappingAdd(1, ordering: .relaxed).newValue
    }

    /// The value of a slot under that stamp; made when there is none.
    func value<Value: Sendable>(_ slot: Slot, _ stamp: Stamp, make: () -> Value) -> Value {
        let found = entries.withLock { $0[slot] }
        if let found, found.stamp == stamp, let value = found.value as? Value { return value }
        // Made outside of the lock, because rows are made of other rows.
        let value = make()
        entries.withLock { $0[slot] = Entry(stamp: stamp, value: value) }
        return value
    }
}

extension ConsoleState {
    /// What everything derived from the facts alone depends on.
    var stamp: RowCache.Stamp {
        RowCache.Stamp(revision: derived.revision, second: now.milliseconds / 1000)
    }

    /// Rows of a view before filter and order, derived once.
    func cachedRows<Row: Sendable>(_ view: ViewID, make: () -> [Row]) -> [Row] {
        derived.cache.value(.rows(view), stamp, make: make)
    }

    /// How many rows the largest table has, nearly.
    var rowCount: Int { backends.reduce(0) { max($0, max($1.sessions.count, $1.dispatchers.count)) } }
}
