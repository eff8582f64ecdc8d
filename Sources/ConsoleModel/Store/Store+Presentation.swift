import PatternDetection
import WireProtocol

extension Store {
    /// The next column in the table's order; behind the last one comes the table's own order.
    mutating func sort(by step: Int) {
        let names = state.sortableColumns
        guard !names.isEmpty else { return }
        let place = state.interface.place
        let current = state.interface.table.sortColumn.flatMap { names.firstIndex(of: $0) } ?? -1
        let count = names.count + 1
        let next = (current + 1 + step + count) % count - 1
        state.interface.tables[place, default: TableState()].sortColumn = next < 0 ? nil : names[next]
    }

    /// Stops or goes on showing new events.
    mutating func togglePause() {
        if state.interface.isPaused {
            state.interface.pausedAt = nil
        } else {
            state.interface.pausedAt = state.events.endNumber
        }
    }

    /// Keeps the newest event selected, or stops that.
    mutating func toggleFollow() {
        if state.interface.isFollowing {
            // What was the newest stays selected, so that nothing jumps.
            let newest = state.shownEvents.upperBound - 1
            state.interface.isFollowing = false
            state.interface.tables[.view(.events), default: TableState()].selections[0] = .event(newest)
        } else {
            state.interface.isFollowing = true
            state.interface.pausedAt = nil
        }
    }
}

extension ConsoleState {
    /// The names of the columns that the shown table can be sorted by.
    public var sortableColumns: [String] {
        switch interface.place {
        case .view(.sessions): SessionRow.columns.map(\.name)
        case .view(.paths): PathRow.columns.map(\.name)
        case .view(.dispatchers): DispatcherRow.columns.map(\.name)
        case .view(.findings): FindingRow.columns.map(\.name)
        case .view(.health): HealthRow.columns.map(\.name)
        case .view(.events), .view(.pulse), .context, .finding, .path, .dispatcher, .event, .check: []
        }
    }
}
