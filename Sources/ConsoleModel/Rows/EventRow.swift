import PatternDetection
import WireProtocol

/// One line of the events view; its details are read from the raw line when somebody asks.
public struct EventRow: TableRow {
    /// Its number in the log.
    public let number: Int
    /// The event as the log keeps it.
    public let record: EventRecord
    /// The name of its backend.
    public let backendName: String
    /// Whose; empty when nobody's.
    public let user: String
    /// Of which session; empty when of none.
    public let session: String
    /// Which path; nil when it names none.
    public let path: ConsumerPath?
    /// What it means: an operator's word, else a CUSTOM's name, else its type.
    public let word: String
    /// The line as it came.
    public let line: [UInt8]

    /// What a selection keeps.
    public var rowID: RowID { .event(number) }
    /// How urgently it needs a person.
    public var severity: Severity? {
        if record.marks.contains(.crossing) || record.marks.contains(.error) { return .critical }
        if record.marks.contains(.gap) || record.marks.contains(.violation) { return .warning }
        return record.type == .unrecognized ? .notice : nil
    }
    /// What it says together with the call that it is the result of; nil for everything but a result.
    public internal(set) var paired: String?
    /// What it says, in one line.
    public var detail: String { paired ?? EventDetail.text(of: line, marks: record.marks) }
    /// The time of day with milliseconds; `~` before a time that is ours because the source sent none.
    public var timeText: String {
        (record.marks.contains(.stamped) ? "~" : "") + record.timestamp.clockWithMilliseconds
    }
    /// The columns, left to right.
    public static var columns: [Column<EventRow>] { EventColumns.all }
}

/// The events around the selected one, or the newest ones.
public struct EventWindow: Equatable, Sendable {
    /// The rows to draw, oldest first.
    public let rows: [EventRow]
    /// Where the selected one is in ``rows``.
    public let selectedIndex: Int?
    /// How many events are kept.
    public let total: Int
    /// How many came since the view was paused.
    public let hidden: Int
    /// How many older ones were let go to stay inside the limits.
    public let forgotten: Int
    /// Whether the search for matches stopped before the log's begin or end.
    public let isPartial: Bool
    /// What is wrong with the filter; the rows are then unfiltered.
    public let filterError: FilterError?

    /// The most events that one frame looks at for matches.
    public static let maximumScanned = 20_000
    /// The most events that one frame counts matches in.
    public static let maximumCounted = 2000
}

extension ConsoleState {
    /// The rows for a window of that height, with the selected event in it.
    public func eventWindow(height: Int) -> EventWindow {
        let height = max(0, min(height, 1000))
        let shown = shownEvents
        var problem: FilterError?
        var filter: Filter<EventRow>?
        do throws(FilterError) {
            let parsed = try Filter(filterText(.events), columns: EventRow.columns)
            filter = parsed.isEmpty ? nil : parsed
        } catch { problem = error }
        let anchor = selectedEvent ?? max(shown.lowerBound, shown.upperBound - 1)
        var search = EventSearch(state: self, filter: filter)
        let isAtEnd = selectedEvent == nil || interface.stream.isFollowing
        let after = isAtEnd ? [] : search.rows(from: anchor + 1, in: shown, step: 1, count: height / 2)
        let before = search.rows(
            from: min(anchor, shown.upperBound - 1), in: shown, step: -1, count: height - after.count)
        var rows = Array(before.reversed()) + after
        if rows.count < height, !after.isEmpty, let last = after.last {
            rows += search.rows(from: last.number + 1, in: shown, step: 1, count: height - rows.count)
        }
        let selected = rows.lastIndex { $0.number <= anchor } ?? (rows.isEmpty ? nil : 0)
        for index in rows.indices where rows[index].record.type == .toolCallResult {
            rows[index].paired = pairedDetail(rows[index])
        }
        return EventWindow(
            rows: rows, selectedIndex: selected, total: shown.count,
            hidden: events.endNumber - shown.upperBound,
            forgotten: events.forgotten, isPartial: search.isExhausted, filterError: problem)
    }

    /// The numbers of the events that may be seen: those inside the window of time, and before the pause.
    var shownEvents: Range<Int> {
        let end = min(events.endNumber, interface.stream.pausedAt ?? events.endNumber)
        let first = min(events.firstNumber, end)
        guard let window = interface.stream.window else { return first..<end }
        return firstEvent(within: window, in: first..<end)..<end
    }

    /// The first event that is not older than the window; events stand by arrival, which is nearly by time.
    private func firstEvent(within window: Duration, in range: Range<Int>) -> Int {
        let now = newestMoment
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = low + (high - low) / 2
            if let record = events[middle], now.since(record.timestamp) > window {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    /// The selected event; nil while the newest one is followed.
    var selectedEvent: Int? {
        guard !interface.stream.isFollowing,
            case .event(let number)? = interface.tables[.view(.events)]?.selections[0]
        else { return nil }
        return min(
            max(number, shownEvents.lowerBound), max(shownEvents.lowerBound, shownEvents.upperBound - 1))
    }

    /// How many of the newest events pass the filter, and how many were looked at.
    public func eventCounts() -> (shown: Int, total: Int) {
        let shown = shownEvents
        let filter = try? Filter(filterText(.events), columns: EventRow.columns)
        guard let filter, !filter.isEmpty else { return (shown.count, events.count) }
        let looked = shown.suffix(EventWindow.maximumCounted)
        return (looked.count { number in eventRow(number).map(filter.matches) ?? false }, looked.count)
    }

    /// A server that is polled reports one session after the other; this many of its events are sorted by time.
    private static let eventsInReach = 200

    /// The newest events that say something new, oldest first, whatever the filter says.
    ///
    /// The pieces of a message or of a call's arguments are left out; only the newest 1,000 are examined.
    public func newestEvents(count: Int) -> [EventRow] {
        let end = min(events.endNumber, interface.stream.pausedAt ?? events.endNumber)
        var told: [(number: Int, at: Timestamp)] = []
        for number in (max(events.firstNumber, end - 1000)..<max(events.firstNumber, end)).reversed() {
            if told.count >= max(count, Self.eventsInReach) { break }
            guard let record = events[number], record.isTelling else { continue }
            told.append((number, record.timestamp))
        }
        let newest = told.sorted { ($0.at, $0.number) < ($1.at, $1.number) }.suffix(count)
        return newest.compactMap { eventRow($0.number) }
    }

    /// The event of that number as a row; nil when it was let go.
    public func eventRow(_ number: Int) -> EventRow? {
        guard let record = events[number] else { return nil }
        return EventRow(
            number: number, record: record,
            backendName: backends.count > 1
                ? backend(record.backend)?.name ?? "" : backends.first?.name ?? "",
            user: text(record.user), session: text(record.session),
            path: record.path.isNone ? nil : ConsumerPath(rawValue: text(record.path)),
            word: word(record), line: line(number))
    }

    /// What an event means, in one word.
    func word(_ record: EventRecord) -> String {
        if record.type == .custom {
            switch SymbolTable.customEvent(record.name) {
            case .session: return "session"
            case .run: return "run"
            case .dispatcher: return "dispatcher"
            case .creation: return record.marks.contains(.error) ? "creation_failed" : "creation"
            case .path: return "path"
            case .gap: return "gap"
            case .refused: return "refused"
            case .read: return "read"
            case nil: return record.name.isNone ? "custom" : text(record.name)
            }
        }
        if let word = record.type.operatorWord, !record.marks.contains(.continued) { return word.rawValue }
        return record.type == .unrecognized ? "unknown type" : "\(record.type.wireName)".lowercased()
    }
}

/// Walks the log for rows that pass a filter, up to a limit of work.
struct EventSearch {
    let state: ConsoleState
    let filter: Filter<EventRow>?
    private var budget = EventWindow.maximumScanned

    init(state: ConsoleState, filter: Filter<EventRow>?) {
        self.state = state
        self.filter = filter
    }

    /// Whether the limit was reached.
    var isExhausted: Bool { budget <= 0 }

    /// Up to `count` matching rows from a number on, in steps of 1 or -1.
    mutating func rows(from start: Int, in shown: Range<Int>, step: Int, count: Int) -> [EventRow] {
        var rows: [EventRow] = []
        var number = start
        while rows.count < count, shown.contains(number), budget > 0 {
            budget -= 1
            if let row = state.eventRow(number), filter?.matches(row) ?? true { rows.append(row) }
            number += step
        }
        return rows
    }
}
