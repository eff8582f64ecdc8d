import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// The line under the title: where we are, how many rows there are, how they are chosen.
enum Breadcrumbs {
    static func draw(_ state: ConsoleState, in rect: Rect, on frame: inout Frame) {
        var crumbs = state.interface.places.flatMap { words($0, state) }
        if state.interface.places.first != .view(.pulse) { crumbs.insert(ViewID.pulse.title, at: 0) }
        if case .help(let topic) = state.interface.overlay {
            crumbs.append(topic.map { "Help: \($0)" } ?? "Help")
        }
        let end = frame.write(
            " " + crumbs.joined(separator: " › "), line: 0, in: rect, style: Style(.accent, isBold: true),
            width: rect.width - 1)
        // The parts that matter least go first when there is no room for all.
        var parts = state.interface.overlay == nil ? notes(state, width: rect.width) : []
        while !parts.isEmpty {
            let note = parts.joined(separator: "   ")
            if end + frame.metrics.width(of: note) + 3 <= rect.width {
                frame.writeRight(note, endingAt: rect.width - 1, line: 0, in: rect, style: .dim)
                break
            }
            parts.removeLast()
        }
    }

    private static func words(_ place: Place, _ state: ConsoleState) -> [String] {
        switch place {
        case .view(let view): return [view.title]
        case .context(let key):
            let user = state.userName(of: key)
            return (user.isEmpty ? [] : [user]) + [IDText.tail(key.id.rawValue)]
        case .finding(let key): return [key.id]
        case .path(let key): return [key.id.rawValue]
        case .dispatcher(let key): return [IDText.tail(key.id.rawValue)]
        case .event(let number): return ["event \(CountText.grouped(number))"]
        case .check(let key): return [key.id.isEmpty ? "endpoint" : key.id]
        }
    }

    /// What is to be said about the place, the most important first.
    private static func notes(_ state: ConsoleState, width: Int) -> [String] {
        switch state.interface.place {
        case .view(.pulse): return pulseNotes(state)
        case .view(let view): return tableNotes(view, state, width: width)
        case .context(let key):
            guard let position = state.contextDetail(key)?.position else { return [] }
            return [
                "\(CountText.grouped(position)) of \(CountText.grouped(state.rowCounts(of: .sessions).shown))"
            ]
        case .finding, .path, .dispatcher, .event, .check:
            let search = state.interface.table.search
            return search.isEmpty ? [] : ["find \(search)", "n next"]
        }
    }

    private static func pulseNotes(_ state: ConsoleState) -> [String] {
        var parts = ["watching \(AgeText.age(state.now.since(state.startedAt)))"]
        guard let backend = state.backends.first, state.backends.count == 1 else { return parts }
        if let started = backend.identity.startedAt {
            parts.append("backend up \(AgeText.age(state.now.since(started)))")
        }
        if let skew = backend.reception.clockSkew { parts.append("skew \(AgeText.signed(skew))") }
        return parts
    }

    /// How many rows of how many, the order, the filter, and who needs attention.
    private static func tableNotes(_ view: ViewID, _ state: ConsoleState, width: Int) -> [String] {
        let (shown, total) = state.rowCounts(of: view)
        let filter = state.filterText(view)
        let newest = view == .events && !filter.isEmpty ? "the newest " : ""
        var parts = ["\(CountText.grouped(shown)) of \(newest)\(CountText.grouped(total))"]
        parts.append(filter.isEmpty ? "no filter" : "filter \(filter)")
        let table = state.interface.table
        if let column = table.sortColumn {
            parts.append("sort \(column) \(table.isReversed ? "▼" : "▲")")
        } else if table.isReversed {
            parts.append("turned round")
        }
        if let grouping = table.grouping { parts.append("by \(grouping.rawValue)") }
        if !table.marks.isEmpty { parts.append("\(table.marks.count) marked") }
        if let window = state.interface.stream.window, view == .events {
            parts.append("last \(AgeText.age(window))")
        }
        let open = state.openFindings.count
        if open > 0, width >= 100 { parts.append("\(CountText.grouped(open)) need attention, a next") }
        return parts
    }
}

extension ConsoleState {
    /// How many rows a view shows, and how many there are without its filter.
    func rowCounts(of view: ViewID) -> (shown: Int, total: Int) {
        func counts<Row>(_ table: Table<Row>) -> (shown: Int, total: Int) { (table.rows.count, table.total) }
        switch view {
        case .sessions: return counts(sessionTable())
        case .paths: return counts(pathTable())
        case .dispatchers: return counts(dispatcherTable())
        case .events: return eventCounts()
        case .findings, .pulse: return counts(findingTable())
        case .health: return counts(healthTable())
        }
    }
}
