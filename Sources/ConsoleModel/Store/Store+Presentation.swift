import PatternDetection
import WireProtocol

extension Store {
    /// The next column in the table's order; behind the last one comes the table's own order.
    mutating func sort(by step: Int) {
        let shown = state.columnChoices.filter(\.isShown).map(\.name)
        let names = state.interface.kind == .events ? [] : shown
        guard !names.isEmpty else { return }
        let place = state.interface.place
        let current = state.interface.table.sortColumn.flatMap { names.firstIndex(of: $0) } ?? -1
        let count = names.count + 1
        let next = (current + 1 + step + count) % count - 1
        state.interface.tables[place, default: TableState()].sortColumn = next < 0 ? nil : names[next]
    }

    /// Stops or goes on showing new events.
    mutating func togglePause() {
        if let paused = state.interface.stream.pausedAt {
            state.interface.stream.pausedAt = nil
            let waiting = state.events.endNumber - paused
            say("goes on; \(CountText.plural(waiting, "event")) came meanwhile", .ok)
        } else {
            state.interface.stream.pausedAt = state.events.endNumber
            say("paused: events go on arriving and are counted; p goes on", .ok)
        }
    }

    /// Keeps the newest event selected, or stops that.
    mutating func toggleFollow() {
        if state.interface.stream.isFollowing {
            // What was the newest stays selected, so that nothing jumps.
            let newest = state.shownEvents.upperBound - 1
            state.interface.stream.isFollowing = false
            state.interface.tables[.view(.events), default: TableState()].selections[0] = .event(newest)
        } else {
            state.interface.stream.isFollowing = true
            state.interface.stream.pausedAt = nil
        }
    }

    /// Looks at another stretch of time in the events view.
    mutating func nextWindow(by step: Int) {
        let windows = StreamState.windows
        let current = windows.firstIndex(of: state.interface.stream.window) ?? 0
        let next = windows[(current + step + windows.count) % windows.count]
        state.interface.stream.window = next
        say(next.map { "the last \(AgeText.age($0))" } ?? "everything that is kept", .ok)
    }
}
