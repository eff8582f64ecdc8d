import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// The tail of all events: followed or paused, filtered before it is cut.
enum EventsView: View {
    static func draw(_ state: ConsoleState, in rect: Rect, on frame: inout Frame) {
        let (list, note) = rect.splitBottom(1)
        let (head, body) = list.splitTop(1)
        let window = state.eventWindow(height: body.height)
        var columns: [Column<EventRow>] = state.columns(of: .events)
        // A wrapped detail has the rest of the line, so nothing stands behind it.
        if state.interface.stream.isWrapping, let detail = columns.firstIndex(where: { $0.name == "detail" })
        {
            columns = Array(columns[...detail])
        }
        let layout = TableLayout(
            columns.stretched("detail", to: rect.width - 1), width: rect.width,
            scroll: state.interface.table.scroll)
        frame.drawHeading(layout, state.interface.table, in: head)
        if state.interface.stream.isWrapping {
            drawWrapped(window, layout, state, in: body, on: &frame)
        } else {
            frame.drawWindow(
                window.rows, layout, selected: window.selectedIndex,
                isMarked: { state.bookmark(of: $0.number) != nil }, in: body)
        }
        if window.rows.isEmpty { drawEmpty(window, state, in: body, on: &frame) }
        frame.draw(status(window, state).clipped(to: rect.width - 1), line: 0, in: note)
    }

    private static func drawEmpty(
        _ window: EventWindow, _ state: ConsoleState, in body: Rect, on frame: inout Frame
    ) {
        let empty = EmptyTexts(
            none: "No events yet: they appear as agents run.", notObservable: state.whyNotObservable("event"))
        var text = empty.text(isFilteredAway: window.total > 0, state)
        if window.total == 0, state.events.count > 0, let span = state.interface.stream.window {
            text = "No event in the last \(AgeText.age(span)). w looks further back."
        }
        for (line, part) in Wrapping.lines(text, width: body.width - 4).enumerated() {
            frame.write(part, x: 2, line: 1 + line, in: body, style: .dim)
        }
    }

    /// Draws rows whose details go on in further lines, so many that the selected one is in sight.
    private static func drawWrapped(
        _ window: EventWindow, _ layout: TableLayout<EventRow>, _ state: ConsoleState, in body: Rect,
        on frame: inout Frame
    ) {
        let start = layout.columns.prefix { $0.column.name != "detail" }.reduce(1) { $0 + $1.width + 1 }
        let width = max(8, body.width - start - 1)
        let texts = window.rows.map { Wrapping.lines($0.detail, width: width) }
        let selected = window.selectedIndex ?? 0
        var first = selected
        var height = texts.indices.contains(selected) ? max(1, texts[selected].count) : 0
        while first > 0, height + max(1, texts[first - 1].count) <= body.height {
            first -= 1
            height += max(1, texts[first].count)
        }
        var line = 0
        for index in window.rows.indices.dropFirst(first) where line < body.height {
            frame.draw(window.rows[index], layout.columns, line: line, in: body)
            for (offset, text) in texts[index].enumerated() {
                let rest = Rect(x: body.x + start, y: body.y, width: body.width - start, height: body.height)
                frame.write(text.padded(to: width), line: line + offset, in: rest)
            }
            if index == window.selectedIndex { frame.markSelected(line: line, in: body) }
            line += max(1, texts[index].count)
        }
    }

    /// What is followed, and a count of everything that is not on this screen.
    private static func status(_ window: EventWindow, _ state: ConsoleState) -> StyledLine {
        var parts = ["\(CountText.grouped(window.total)) events"]
        func add(_ count: Int, _ words: String) {
            if count > 0 { parts.append("\(CountText.grouped(count)) \(words)") }
        }
        func sum(_ value: (Reception) -> Int) -> Int {
            state.backends.reduce(0) { $0.adding(value($1.reception)) }
        }
        add(window.hidden, "waiting behind the pause")
        if window.isPartial {
            parts.append("searched the nearest \(CountText.grouped(EventWindow.maximumScanned))")
        }
        add(sum { $0.counters.eventsDropped }, "lost before us")
        add(window.forgotten, "older ones let go")
        add(sum { $0.counters.decodeErrors }, "not readable")
        add(sum { $0.unknownTypes.values.reduce(0) { $0.adding($1) } }, "of unknown types")
        add(sum { $0.counters.reconnects }, "reconnects")
        let mode =
            state.interface.isPaused
            ? "PAUSED" : state.interface.stream.isFollowing ? "following" : "not following, F follows"
        return StyledLine(" " + mode, Style(.accent, isBold: true)).then(
            "   " + parts.joined(separator: "   "), .dim)
    }
}

extension Array {
    /// The columns with what is left of the width given to one of them.
    fileprivate func stretched(_ name: String, to width: Int) -> [Column<EventRow>]
    where Element == Column<EventRow> {
        let shown = fitted(to: width).grown(to: width, of: count)
        let used = shown.reduce(0) { $0 + $1.width + 1 } - 1
        guard used < width, let column = shown.first(where: { $0.column.name == name }) else { return self }
        return map { $0.name == name ? $0.wide(column.width + width - used) : $0 }
    }
}
