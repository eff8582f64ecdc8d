import PatternDetection
import WireProtocol

extension Store {
    /// Half of what a list shows beside its title, breadcrumbs, heading and footer.
    var halfPage: Int { max(1, (state.interface.size.height - 6) / 2) }

    /// Moves the selection; it stops at the ends.
    mutating func moveSelection(by offset: Int) {
        if state.interface.isShowingHelp {
            state.interface.helpScroll = max(0, state.interface.helpScroll.adding(offset))
            return
        }
        if state.interface.place == .view(.events) { return moveEvents(by: offset) }
        let rows = state.selectableRows().map(\.id)
        guard !rows.isEmpty else { return }
        let chosen = state.interface.table.selections[state.interface.section]
        let current = chosen.flatMap { rows.firstIndex(of: $0) } ?? 0
        remember(rows[clamped(current, offset, rows.count)])
    }

    private func clamped(_ current: Int, _ offset: Int, _ count: Int) -> Int {
        min(max(0, current.adding(offset)), count - 1)
    }

    /// Selects the first row, or the last one.
    mutating func select(first isFirst: Bool) {
        if state.interface.isShowingHelp {
            state.interface.helpScroll = isFirst ? 0 : 10_000
            return
        }
        if state.interface.place == .view(.events) {
            state.interface.stream.isFollowing = !isFirst && !state.interface.isPaused
            let shown = state.shownEvents
            guard !shown.isEmpty else { return }
            return remember(.event(isFirst ? shown.lowerBound : shown.upperBound - 1))
        }
        let rows = state.selectableRows()
        if let row = isFirst ? rows.first : rows.last { remember(row.id) }
    }

    private mutating func moveEvents(by offset: Int) {
        let shown = state.shownEvents
        guard !shown.isEmpty, offset != 0 else { return }
        let filter = try? Filter(state.filterText(.events), columns: EventRow.columns)
        let current = state.selectedEvent ?? shown.upperBound - 1
        var search = EventSearch(state: state, filter: filter.flatMap { $0.isEmpty ? nil : $0 })
        let rows = search.rows(
            from: current + offset.signum(), in: shown, step: offset.signum(),
            count: min(shown.count, Int(clamping: offset.magnitude)))
        state.interface.stream.isFollowing = false
        remember(.event(rows.last?.number ?? current))
    }

    /// Selects a row, if it is one of the section's.
    mutating func select(_ row: RowID) {
        if case .event(let number) = row, state.interface.place == .view(.events) {
            guard state.shownEvents.contains(number) else { return }
            state.interface.stream.isFollowing = false
            return remember(row)
        }
        if state.selectableRows().contains(where: { $0.id == row }) { remember(row) }
    }

    /// Selects the next row of a context that holds what is searched for; 0 stays where it holds it already.
    mutating func nextMatch(by step: Int) {
        guard case .context(let key) = state.interface.place, !state.interface.table.search.isEmpty,
            let detail = state.contextDetail(key)
        else { return }
        state.interface.section = 1
        let needle = CaselessText(state.interface.table.search)
        let rows = detail.timeline.map { (id: $0.rowID, text: "\($0.word) \($0.detail)") }
        guard !rows.isEmpty else { return say("no event to search", .notice) }
        let current = state.selectedRowID.flatMap { id in rows.firstIndex { $0.id == id } } ?? 0
        let direction = step == 0 ? 1 : step
        for distance in (step == 0 ? 0 : 1)...rows.count {
            let index = ((current + direction * distance) % rows.count + rows.count) % rows.count
            if needle.isIn(rows[index].text) { return remember(rows[index].id) }
        }
        say("nothing holds \(state.interface.table.search)", .notice)
    }

    /// Makes a row the selected one of the section.
    mutating func remember(_ row: RowID) {
        let place = state.interface.place
        state.interface.tables[place, default: TableState()].selections[state.interface.section] = row
        // Contexts come and go; what nobody will look at again is forgotten.
        if state.interface.tables.count > 256 {
            state.interface.tables = state.interface.tables.filter {
                state.interface.places.contains($0.key) || $0.key.isView
            }
        }
    }

    /// The next row with a finding; where the place has none, the findings view.
    mutating func selectNeedy(step: Int) {
        let rows = state.selectableRows()
        if state.interface.place == .view(.events) { return selectError(step: step) }
        guard rows.contains(where: { $0.severity ?? .ok >= .notice }) else {
            if state.interface.place != .view(.findings), !state.openFindings.isEmpty { show(.findings) }
            return
        }
        let current = state.selectedRowID.flatMap { id in rows.firstIndex { $0.id == id } } ?? 0
        for distance in 1...rows.count {
            let index = ((current + step * distance) % rows.count + rows.count) % rows.count
            if rows[index].severity ?? .ok >= .notice { return remember(rows[index].id) }
        }
    }

    /// The next event that tells of a failure, in the events view.
    mutating func selectError(step: Int) {
        if case .context = state.interface.place { return selectErrorInTimeline(step: step) }
        let isElsewhere = state.interface.place != .view(.events)
        if isElsewhere { show(.events) }
        let shown = state.shownEvents
        // From the newest event there is no way but back: the latest failure is what is meant.
        let isAtEnd = isElsewhere || state.selectedEvent == nil
        let step = isAtEnd ? -1 : step
        var number = isElsewhere ? shown.upperBound - 1 : (state.selectedEvent ?? shown.upperBound - 1) + step
        while shown.contains(number) {
            if let record = state.events[number], record.isTroubling {
                state.interface.stream.isFollowing = false
                return remember(.event(number))
            }
            number += step
        }
    }

    private mutating func selectErrorInTimeline(step: Int) {
        state.interface.section = 1
        let rows = state.selectableRows()
        guard !rows.isEmpty else { return }
        var index = (state.selectedRowID.flatMap { id in rows.firstIndex { $0.id == id } } ?? 0) + step
        while rows.indices.contains(index) {
            if rows[index].severity ?? .ok >= .warning { return remember(rows[index].id) }
            index += step
        }
    }
}

extension Place {
    /// Whether it is one of the number keys' views.
    var isView: Bool { if case .view = self { true } else { false } }
}

extension EventRecord {
    /// Whether `e` stops at it.
    var isTroubling: Bool { !marks.isDisjoint(with: [.error, .gap, .violation, .crossing]) }
}

extension ConsoleState {
    /// A row that can be selected, and how urgently it needs a person.
    struct SelectableRow: Sendable {
        let id: RowID
        let severity: Severity?
    }

    /// What is selected in the section that has the keys; the first row when nothing was chosen or it is gone.
    public var selectedRowID: RowID? {
        if interface.place == .view(.events) {
            if let number = selectedEvent { return .event(number) }
            return shownEvents.isEmpty ? nil : .event(shownEvents.upperBound - 1)
        }
        let chosen = interface.table.selections[interface.section]
        let rows = selectableRows()
        if let chosen, rows.contains(where: { $0.id == chosen }) { return chosen }
        return rows.first?.id
    }

    /// The rows of the section that has the keys, in the order they are shown.
    func selectableRows() -> [SelectableRow] {
        var stamp = stamp
        stamp.place = interface.place
        stamp.section = interface.section
        if case .view(let view) = interface.place {
            stamp.filter = filterText(view)
            stamp.sortColumn = interface.table.sortColumn
            stamp.isReversed = interface.table.isReversed
            stamp.grouping = interface.table.grouping
        }
        return derived.cache.value(.selectable, stamp) { makeSelectableRows() }
    }

    private func makeSelectableRows() -> [SelectableRow] {
        func selectable<Row: TableRow>(_ table: Table<Row>) -> [SelectableRow] {
            table.rows.map { SelectableRow(id: $0.rowID, severity: $0.severity) }
        }
        switch interface.place {
        case .view(.pulse):
            let findings = foldedFindings().map { SelectableRow(id: $0.rowID, severity: $0.severity) }
            let paths = pathRows().map { SelectableRow(id: $0.rowID, severity: $0.severity) }
            if findings.isEmpty { return paths }
            return interface.section == 0 ? findings : paths
        case .view(.sessions): return selectable(sessionTable())
        case .view(.paths): return selectable(pathTable())
        case .view(.dispatchers): return selectable(dispatcherTable())
        case .view(.findings): return selectable(findingTable())
        case .view(.health): return selectable(healthTable())
        case .view(.events): return []
        case .context(let key):
            guard let detail = contextDetail(key) else { return [] }
            switch interface.section {
            case 0:
                return detail.runs.map {
                    SelectableRow(id: $0.rowID, severity: $0.violations.isEmpty ? nil : .warning)
                }
            case 2:
                return detail.fields.filter { $0.value != nil }.map {
                    SelectableRow(id: .field($0.label), severity: nil)
                }
            default: break
            }
            return detail.timeline.map { SelectableRow(id: $0.rowID, severity: $0.severity) }
        case .finding(let key): return [SelectableRow(id: .finding(key), severity: nil)]
        case .path(let key): return sessions(onPath: key)
        case .dispatcher(let key): return sessions(servedBy: key)
        case .event, .check: return []
        }
    }

    /// The sessions behind a path, so that its place leads on to users.
    private func sessions(onPath key: PathKey) -> [SelectableRow] {
        sessionRows().filter { $0.key.backend == key.backend && $0.path == key.id }
            .map { SelectableRow(id: $0.rowID, severity: $0.severity) }
    }

    private func sessions(servedBy key: DispatcherKey) -> [SelectableRow] {
        sessionRows(servedBy: key).map { SelectableRow(id: $0.rowID, severity: $0.severity) }
    }

    /// The sessions that came in by a path, the neediest first.
    public func sessionRows(onPath key: PathKey) -> [SessionRow] {
        sessionRows().filter { $0.key.backend == key.backend && $0.path == key.id }
    }

    /// The sessions that a dispatcher serves, the neediest first.
    public func sessionRows(servedBy key: DispatcherKey) -> [SessionRow] {
        guard let backend = backend(key.backend), let symbol = symbols.find(key.id.rawValue) else {
            return []
        }
        return sessionRows().filter { row in
            row.key.backend == key.backend
                && backend.sessions.place(row.key, symbols).map { backend.sessions.values[$0].dispatcher }
                    == symbol
        }
    }
}
