import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// What a view shows when its table has no row: loading, nothing matches, or really none.
struct EmptyTexts {
    /// When something is there and the filter hides it.
    static let filtered = "Nothing matches the filter. Esc clears it."
    /// When nothing of this kind exists.
    let none: String
    /// When the source cannot tell, and why.
    var notObservable: String?
}

extension Frame {
    /// Draws a table with its detail beside it from 120 columns on, or says why there is no row.
    mutating func drawView<Row: TableRow>(
        _ table: Table<Row>, _ state: ConsoleState, in rect: Rect, empty: EmptyTexts,
        detail: (Row, Int) -> [StyledLine]
    ) {
        let detailWidth = rect.width >= 120 ? 44 : 0
        let (list, rest) = rect.splitLeft(rect.width - (detailWidth > 0 ? detailWidth + 1 : 0))
        let (border, pane) = rest.splitLeft(1)
        drawTable(table, memory: state.interface.table, in: list)
        if table.rows.isEmpty {
            write(emptyText(table, state, empty), x: 2, line: 2, in: list, style: .dim, width: list.width - 3)
        }
        guard detailWidth > 0 else { return }
        for line in 0..<border.height { write("│", line: line, in: border, style: .border) }
        if let row = table.selected { draw(detail(row, pane.width), in: pane) }
    }

    private func emptyText<Row>(_ table: Table<Row>, _ state: ConsoleState, _ empty: EmptyTexts) -> String {
        if table.isFilteredAway { return EmptyTexts.filtered }
        let heard = state.backends.contains { $0.reception.lastReceivedAt != nil }
        if !heard {
            let reason = state.backends.compactMap(\.link.reason).first.map { ": " + $0 } ?? ""
            return state.isCutOff ? "Nothing received\(reason)." : "Loading… 0 so far."
        }
        return empty.notObservable ?? empty.none
    }
}

extension ConsoleState {
    /// What the dialects in use say about a part that they cannot see; nil when it can be seen.
    func whyNotObservable(_ part: String) -> String? {
        let said = backends.flatMap(\.dialect.notObservable).first { $0.lowercased().contains(part) }
        return said.map { "Not observable here: \($0)" }
    }
}
