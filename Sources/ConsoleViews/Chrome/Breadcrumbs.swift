import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// The line under the title: where we are, how many rows there are, how they are chosen.
enum Breadcrumbs {
    static func draw(_ state: ConsoleState, in rect: Rect, on frame: inout Frame) {
        var crumbs = state.interface.places.map(words)
        if case .help(let topic) = state.interface.overlay {
            crumbs.append(topic.map { "Help: \($0)" } ?? "Help")
        }
        let end = frame.write(
            " " + crumbs.joined(separator: " › "), line: 0, in: rect, style: Style(.accent, isBold: true))
        let note = state.interface.isShowingHelp ? "" : note(state)
        let width = frame.metrics.width(of: note)
        if end + width + 3 <= rect.width {
            frame.writeRight(note, endingAt: rect.width - 1, line: 0, in: rect, style: .dim)
        }
    }

    private static func words(_ place: Place) -> String {
        switch place {
        case .view(let view): view.title
        case .context(let key): IDText.tail(key.id.rawValue)
        case .finding(let key): key.id
        case .path(let key): key.path.rawValue
        case .dispatcher(let key): IDText.tail(key.id.rawValue)
        case .event(let number): "event \(number)"
        case .check(let key): key.name.isEmpty ? "endpoint" : key.name
        }
    }

    /// How many rows of how many, the filter and the order.
    private static func note(_ state: ConsoleState) -> String {
        guard case .view(let view) = state.interface.place, view != .pulse else { return "" }
        let (shown, total) = state.rowCounts(of: view)
        var parts = ["\(CountText.grouped(shown)) of \(CountText.grouped(total))"]
        if let column = state.interface.table.sortColumn { parts.append("sort \(column)") }
        let filter = state.filterText(view)
        parts.append(filter.isEmpty ? "no filter" : "filter \(filter)")
        return parts.joined(separator: "   ")
    }
}

extension ConsoleState {
    /// How many rows a view shows, and how many there are without its filter.
    func rowCounts(of view: ViewID) -> (shown: Int, total: Int) {
        func counts<Row>(_ table: Table<Row>) -> (shown: Int, total: Int) { (table.rows.count, table.total) }
        switch view {
        case .pulse: return (0, 0)
        case .sessions: return counts(sessionTable())
        case .paths: return counts(pathTable())
        case .dispatchers: return counts(dispatcherTable())
        case .events: return eventCounts()
        case .findings: return counts(findingTable())
        case .health: return counts(healthTable())
        }
    }
}

extension ConsoleState {
    /// How many events pass the filter cannot be counted at every frame; what is kept is.
    fileprivate func eventCounts() -> (shown: Int, total: Int) { (events.count, events.count) }
}

extension HealthStatus {
    /// How urgent a status is by itself.
    var urgency: Severity {
        switch self {
        case .pass: .ok
        case .warn: .warning
        case .fail: .critical
        case .unknown: .unknown
        }
    }
}
