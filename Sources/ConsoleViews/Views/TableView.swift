import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// What a view shows when its table has no row: loading, nothing matches, or really none.
struct EmptyTexts {
    /// When nothing of this kind exists.
    let none: String
    /// When the source cannot tell, and why.
    var notObservable: String?

    /// What to say about a view without rows.
    func text(isFilteredAway: Bool, _ state: ConsoleState) -> String {
        if isFilteredAway {
            let filter = state.filterText(state.interface.view)
            return "Nothing matches the filter \(filter). Esc clears it."
        }
        guard state.hasHeardAnything else {
            let reason = state.backends.compactMap(\.link.reason).first.map { ": " + $0 } ?? ""
            return state.isCutOff ? "Nothing received\(reason)." : "Loading… 0 so far."
        }
        return notObservable ?? none
    }
}

/// Where a table and the detail of its selected row stand.
struct Panes {
    /// From how many columns on both stand side by side (DESIGN.md §5).
    static let widthForBoth = 120
    /// How wide the detail is (SCREENS.md).
    static let detailWidth = 44

    /// Where the table is.
    let list: Rect
    /// Where the detail is; nil where there is no room.
    let detail: Rect?

    /// Splits a rectangle, and draws the lines around and between the parts.
    init(_ rect: Rect, on frame: inout Frame) {
        guard rect.width >= Self.widthForBoth, rect.height >= 6 else {
            list = rect
            detail = nil
            return
        }
        let left = rect.width - Self.detailWidth - 1
        let rule = String(repeating: "─", count: left)
        let rest = String(repeating: "─", count: Self.detailWidth)
        frame.write(rule + "┬" + rest, line: 0, in: rect, style: .border)
        frame.write(rule + "┴" + rest, line: rect.height - 1, in: rect, style: .border)
        for line in 1..<(rect.height - 1) {
            frame.write("│", x: left, line: line, in: rect, style: .border)
        }
        list = Rect(x: rect.x, y: rect.y + 1, width: left, height: rect.height - 2)
        detail = Rect(x: rect.x + left + 1, y: rect.y + 1, width: Self.detailWidth, height: rect.height - 2)
    }
}

extension Frame {
    /// Draws a table with its detail beside it from 120 columns on, or says why there is no row.
    mutating func drawView<Row: TableRow>(
        _ table: Table<Row>, _ state: ConsoleState, in rect: Rect, empty: EmptyTexts,
        below: (Rect, inout Frame) -> Rect = { rect, _ in rect }, detail: (Row, Int) -> [StyledLine]
    ) {
        let panes = Panes(rect, on: &self)
        let list = below(panes.list, &self)
        drawTable(table, state.columns(of: state.interface.view), memory: state.interface.table, in: list)
        if table.rows.isEmpty {
            let text = empty.text(isFilteredAway: table.isFilteredAway, state)
            for (line, part) in Wrapping.lines(text, width: list.width - 4).enumerated() {
                write(part, x: 2, line: 2 + line, in: list, style: .dim)
            }
        }
        if let pane = panes.detail, let row = table.selected { draw(detail(row, pane.width), in: pane) }
    }
}

extension ConsoleState {
    /// Whether any backend has said anything yet.
    var hasHeardAnything: Bool { backends.contains { $0.reception.lastReceivedAt != nil } }

    /// Why a part is not seen: it was refused, or the dialects in use cannot see it; nil when it can be seen.
    func whyNotObservable(_ part: String) -> String? {
        // Without a snapshot, sessions too are known from events and runs only.
        let isMadeOfEvents = ["session", "event"].contains(part)
        let refused = backends.lazy.flatMap { backend in
            backend.unread.filter { outcome in
                let isSource = [.events, .runs].contains(outcome.part) && !backend.reception.hasSnapshot
                return outcome.part.rawValue.contains(part) || isMadeOfEvents && isSource
            }
        }.first
        if let refused, let failure = refused.failure { return "Not read: \(refused.address): \(failure)." }
        let said = backends.flatMap(\.dialect.notObservable).first { $0.lowercased().contains(part) }
        return said.map { "Not observable here: \($0)" }
    }

    /// What to say where nothing needs attention: OK only of what was read.
    var nothingNeedsAttention: String { "nothing" + reasonForNothing }

    /// The same as the end of a sentence that begins with nothing.
    var reasonForNothing: String {
        let parts = unreadParts(backends)
        if !parts.isEmpty {
            return " in what was read; not read: \(parts.joined(separator: ", "))"
        }
        let unobserved = unobservedParts(backends)
        return unobserved.isEmpty
            ? ": every rule ran and none fired"
            : " in what can be observed; not observable: \(unobserved.joined(separator: ", "))"
    }
}
