import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// The places that are read like a page: their lines, where they are scrolled to, what is found in them.
enum Page {
    /// The lines of the shown page; nil when the place is none.
    static func lines(_ state: ConsoleState, width: Int) -> [StyledLine]? {
        switch state.interface.place {
        case .finding(let key): FindingView.lines(key, state, width: width)
        case .path(let key): PathView.lines(key, state, width: width)
        case .dispatcher(let key): DispatcherView.lines(key, state, width: width)
        case .event(let number): EventView.lines(number, state, width: width)
        case .check(let key): CheckView.lines(key, state, width: width)
        case .view, .context: nil
        }
    }

    /// Draws the page from the line that it is scrolled to; a selected row is always in sight.
    static func draw(_ state: ConsoleState, in rect: Rect, on frame: inout Frame) {
        guard let lines = lines(state, width: rect.width) else { return }
        let first = first(of: lines, state, height: rect.height)
        let shown = Array(lines.dropFirst(first))
        frame.draw(shown, in: rect, selected: state.selectedRowID)
        let needle = state.interface.table.search
        if !needle.isEmpty {
            for (index, line) in shown.prefix(rect.height).enumerated() where line.holds(needle) {
                frame.restyle(line: index, in: rect) { $0 = Style(.accent, isBold: true) }
            }
        }
        if lines.count > rect.height {
            let text = " \(first + 1)–\(min(lines.count, first + rect.height)) of \(lines.count) "
            frame.writeRight(text, endingAt: rect.width, line: rect.height - 1, in: rect, style: .dim)
        }
    }

    private static func first(of lines: [StyledLine], _ state: ConsoleState, height: Int) -> Int {
        let last = max(0, lines.count - height)
        if let selected = state.selectedRowID, let line = lines.firstIndex(where: { $0.rowID == selected }) {
            return line < height ? 0 : min(last, line - height / 2)
        }
        return min(last, state.interface.table.scroll)
    }

    /// What a key that moves does on a page without rows: it scrolls; nil when the place has rows to move in.
    static func scrolling(_ action: Action, _ state: ConsoleState) -> Action? {
        let height = max(1, state.interface.size.height - 3)
        guard let lines = lines(state, width: state.interface.size.width) else { return nil }
        let hasRows = lines.contains { $0.rowID != nil && $0.rowID == state.selectedRowID }
        let last = max(0, lines.count - height)
        let current = min(last, state.interface.table.scroll)
        func to(_ line: Int) -> Action? { hasRows ? nil : .scrollPage(to: min(max(0, line), last)) }
        if case .moveSelection(let offset) = action { return to(current + offset) }
        if case .moveHalfPage(let direction) = action { return to(current + direction * max(1, height / 2)) }
        if action == .selectFirst { return to(0) }
        if action == .selectLast { return to(last) }
        if case .nextMatch(let step) = action { return match(step, lines, current, last, state) }
        return nil
    }

    private static func match(
        _ step: Int, _ lines: [StyledLine], _ current: Int, _ last: Int, _ state: ConsoleState
    ) -> Action? {
        let needle = state.interface.table.search
        let found = lines.indices.filter { lines[$0].holds(needle) }
        guard !found.isEmpty else { return .say("nothing here holds \(needle)", .notice) }
        let next =
            step > 0 ? found.first { $0 > current } ?? found.first : found.last { $0 < current } ?? found.last
        return .scrollPage(to: min(last, next ?? 0))
    }
}

extension StyledLine {
    /// Whether a text is somewhere in the line, without regard to case.
    func holds(_ text: String) -> Bool {
        !text.isEmpty && pieces.map(\.text).joined().lowercased().contains(text.lowercased())
    }
}

/// The page of a place.
enum PageView: View {
    static func draw(_ state: ConsoleState, in rect: Rect, on frame: inout Frame) {
        Page.draw(state, in: rect, on: &frame)
    }
}
