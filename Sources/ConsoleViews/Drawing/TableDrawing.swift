import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

extension Frame {
    /// Draws a heading and the rows around the selected one.
    mutating func drawTable<Row: TableRow>(_ table: Table<Row>, memory: TableState, in rect: Rect) {
        let (head, body) = rect.splitTop(1)
        let columns = Row.columns.fitted(to: rect.width - 1)
        let first = Self.firstVisible(
            selected: table.selectedIndex ?? 0, count: table.rows.count, height: body.height)
        drawHeading(columns, memory, in: head)
        drawRows(table.rows, columns, from: first, selected: table.selectedIndex, in: body)
    }

    /// Draws the rows from number `first` on.
    mutating func drawRows<Row: TableRow>(
        _ rows: [Row], _ columns: [FittedColumn<Row>], from first: Int, selected: Int?, in body: Rect
    ) {
        guard rows.indices.contains(first) else { return }
        for (line, row) in rows[first...].prefix(body.height).enumerated() {
            draw(row, columns, line: line, in: body)
            if first + line == selected { markSelected(line: line, in: body) }
        }
    }

    /// The first row to draw so that the selected one is in sight, near the middle where possible.
    static func firstVisible(selected: Int, count: Int, height: Int) -> Int {
        max(0, min(selected - height / 2, count - height))
    }

    mutating func drawHeading<Row>(_ columns: [FittedColumn<Row>], _ memory: TableState, in rect: Rect) {
        var x = 1
        for fitted in columns {
            let isSorted = memory.sortColumn == fitted.column.name
            let mark = isSorted ? (memory.isReversed ? "▾" : "▴") : ""
            let title = String((mark + fitted.column.title).prefix(fitted.width))
            switch fitted.column.alignment {
            case .left: write(title, x: x, line: 0, in: rect, style: .header, width: fitted.width)
            case .right: writeRight(title, endingAt: x + fitted.width, line: 0, in: rect, style: .header)
            }
            x += fitted.width + 1
        }
    }

    private mutating func draw<Row>(_ row: Row, _ columns: [FittedColumn<Row>], line: Int, in rect: Rect) {
        var x = 1
        for fitted in columns {
            let text = fitted.column.text(row)
            let style = fitted.column.severity(row)?.style ?? .normal
            switch fitted.column.alignment {
            case .left: write(text, x: x, line: line, in: rect, style: style, width: fitted.width)
            case .right:
                let width = min(fitted.width, metrics.width(of: text))
                write(text, x: x + fitted.width - width, line: line, in: rect, style: style, width: width)
            }
            x += fitted.width + 1
        }
    }
}
