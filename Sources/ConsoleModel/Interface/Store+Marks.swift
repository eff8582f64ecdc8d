import PatternDetection
import WireProtocol

extension Store {
    /// Marks the selected row, or takes the mark away; an event is asked for a note.
    mutating func toggleMark() -> [Effect] {
        let row: RowID?
        if case .event(let number) = state.interface.place {
            row = .event(number)
        } else {
            row = state.selectedRowID
        }
        guard let row else { return [] }
        if case .event(let number) = row { return toggleBookmark(number) }
        let place = state.interface.place
        if state.interface.tables[place, default: TableState()].marks.remove(row) == nil {
            state.interface.tables[place, default: TableState()].marks.insert(row)
        }
        moveSelection(by: 1)
        return []
    }

    private mutating func toggleBookmark(_ number: Int) -> [Effect] {
        let line = state.events.line(number, state.symbols)
        guard let record = state.events[number], !line.isEmpty else { return [] }
        let fingerprint = Bookmark.fingerprint(of: line)
        let before = state.interface.remembered.bookmarks.count
        state.interface.remembered.bookmarks.removeAll { $0.fingerprint == fingerprint }
        if state.interface.remembered.bookmarks.count < before {
            say("bookmark taken away", .ok)
            return remember()
        }
        state.interface.prompt = Prompt(
            kind: .note(fingerprint: fingerprint, at: record.timestamp.milliseconds))
        return []
    }

    /// Keeps a bookmark with its note, which may be empty.
    mutating func bookmark(_ fingerprint: UInt64, at moment: Int64, note: String) -> [Effect] {
        state.interface.remembered.bookmarks.append(
            Bookmark(fingerprint: fingerprint, at: moment, note: note))
        state.interface.prompt = nil
        return remember()
    }

    /// Selects the next marked row or bookmarked event; after the last one the first.
    mutating func selectNextMark() {
        if state.interface.place == .view(.events) { return selectNextBookmark() }
        let marks = state.interface.table.marks
        let rows = state.selectableRows().map(\.id)
        guard !marks.isEmpty, !rows.isEmpty else { return say("nothing is marked; m marks", .notice) }
        let current = state.selectedRowID.flatMap { rows.firstIndex(of: $0) } ?? 0
        for distance in 1...rows.count where marks.contains(rows[(current + distance) % rows.count]) {
            return select(rows[(current + distance) % rows.count])
        }
        say("no marked row passes the filter", .notice)
    }

    private mutating func selectNextBookmark() {
        let bookmarks = state.interface.remembered.bookmarks
        guard !bookmarks.isEmpty else { return say("no event is bookmarked; m bookmarks", .notice) }
        let shown = state.shownEvents
        guard !shown.isEmpty else { return }
        let times = Set(bookmarks.map(\.at))
        let current = state.selectedEvent ?? shown.upperBound - 1
        // Times narrow it down, so that few lines are hashed; a million records take some milliseconds.
        for distance in 1...shown.count {
            let number = shown.lowerBound + (current - shown.lowerBound + distance) % shown.count
            guard let record = state.events[number], times.contains(record.timestamp.milliseconds),
                state.bookmark(of: number) != nil
            else { continue }
            state.interface.stream.isFollowing = false
            return remember(.event(number))
        }
        say("no bookmarked event is kept any more", .notice)
    }
}

extension ConsoleState {
    /// The bookmark on an event, if it has one.
    public func bookmark(of number: Int) -> Bookmark? {
        let bookmarks = interface.remembered.bookmarks
        guard !bookmarks.isEmpty, let record = events[number],
            bookmarks.contains(where: { $0.at == record.timestamp.milliseconds })
        else { return nil }
        let fingerprint = Bookmark.fingerprint(of: events.line(number, symbols))
        return bookmarks.last { $0.fingerprint == fingerprint }
    }
}
