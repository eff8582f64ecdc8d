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
        let columns = EventRow.columns.fitted(to: rect.width - 1)
        frame.drawHeading(columns, state.interface.table, in: head)
        frame.drawRows(window.rows, columns, from: 0, selected: window.selectedIndex, in: body)
        if window.rows.isEmpty {
            let text =
                window.total == 0
                ? state.whyNotObservable("event") ?? "No events yet: they appear as agents run."
                : EmptyTexts.filtered
            frame.write(text, x: 2, line: 1, in: body, style: .dim, width: rect.width - 3)
        }
        frame.draw(status(window, state), line: 0, in: note)
    }

    private static func status(_ window: EventWindow, _ state: ConsoleState) -> StyledLine {
        var parts = ["\(CountText.grouped(window.total)) events"]
        if window.hidden > 0 { parts.append("\(CountText.grouped(window.hidden)) waiting behind the pause") }
        if window.forgotten > 0 { parts.append("\(CountText.grouped(window.forgotten)) older ones let go") }
        if window.isPartial { parts.append("searched \(CountText.grouped(EventWindow.maximumScanned)) only") }
        let refused = state.backends.reduce(0) { $0 + $1.reception.counters.decodeErrors }
        if refused > 0 { parts.append("\(CountText.grouped(refused)) not readable") }
        let mode =
            state.interface.isPaused
            ? "PAUSED" : state.interface.stream.isFollowing ? "following" : "not following, F follows"
        return StyledLine(" " + mode, Style(.accent)).then("   " + parts.joined(separator: "   "), .dim)
    }
}

/// One event, raw and pretty.
enum EventView: View {
    static func draw(_ state: ConsoleState, in rect: Rect, on frame: inout Frame) {
        guard case .event(let number) = state.interface.place, let row = state.eventRow(number) else {
            return frame.draw(
                [StyledLine(" This event was let go to stay inside the memory limit.", .dim)], in: rect)
        }
        var lines = [
            StyledLine(" \(row.word)", Style(.accent)).then("  " + row.detail),
            StyledLine(" \(row.timeText)  \(row.user)", .dim), StyledLine(), .heading("RAW"),
        ]
        let pretty =
            (try? JSONParser.parse(row.line))?.prettyText ?? String(decoding: row.line, as: UTF8.self)
        lines += pretty.split(separator: "\n", omittingEmptySubsequences: false).map {
            StyledLine("   \($0)")
        }
        frame.draw(lines, in: rect)
    }
}
