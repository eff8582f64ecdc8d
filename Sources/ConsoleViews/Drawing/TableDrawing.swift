import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// The columns of a table as they stand in a rectangle: fitted and grown, or at full width behind the frozen ones.
struct TableLayout<Row: TableRow> {
    /// The columns, left to right; the last one may stick out on the right.
    let columns: [FittedColumn<Row>]
    /// How many columns are out of sight to the left.
    let hiddenLeft: Int

    /// Fits the columns into `width`; from the first scroll on they keep their width, and the frozen ones stay.
    init(_ all: [Column<Row>], width: Int, scroll: Int) {
        guard scroll > 0 else {
            columns = all.fitted(to: width - 1).grown(to: width - 1, of: all.count)
            hiddenLeft = 0
            return
        }
        let frozen = (all.firstIndex { $0.width > 1 } ?? 0) + 1
        hiddenLeft = min(scroll, max(0, all.count - frozen - 1))
        columns = (all.prefix(frozen) + all.dropFirst(frozen + hiddenLeft)).map {
            FittedColumn(column: $0, width: $0.width)
        }
    }
}

extension Frame {
    /// Draws a heading and the rows around the selected one.
    mutating func drawTable<Row: TableRow>(
        _ table: Table<Row>, _ columns: [Column<Row>], memory: TableState, in rect: Rect
    ) {
        let (head, body) = rect.splitTop(1)
        let layout = TableLayout(columns, width: rect.width, scroll: memory.scroll)
        drawHeading(layout, memory, in: head)
        drawRows(table, layout, memory: memory, in: body)
    }

    /// Draws the rows, with a line above each group; where they do not all fit, the last line counts the rest.
    private mutating func drawRows<Row: TableRow>(
        _ table: Table<Row>, _ layout: TableLayout<Row>, memory: TableState, in body: Rect
    ) {
        let lines = DisplayLine.lines(of: table, around: body.height)
        for (line, shown) in lines.enumerated() {
            switch shown {
            case .row(let index):
                let row = table.rows[index]
                draw(row, layout.columns, line: line, in: body)
                if memory.marks.contains(row.rowID) {
                    write("*", line: line, in: body, style: Style(.accent))
                }
                if index == table.selectedIndex {
                    markSelected(line: line, in: body, isMarked: memory.marks.contains(row.rowID))
                }
            case .group(let number):
                let group = table.groups[number]
                var words = "\(group.title)  \(CountText.grouped(group.range.count))"
                if group.needy > 0 { words += ", \(CountText.grouped(group.needy)) need attention" }
                write(
                    "▾ " + words, x: 1, line: line, in: body, style: Style(.accent, isBold: true),
                    width: body.width - 2)
            case .rest(let count):
                write("… \(CountText.grouped(count)) more", x: 1, line: line, in: body, style: .dim)
            }
        }
    }

    /// Draws rows that are a window already, as those of the events view.
    mutating func drawWindow<Row: TableRow>(
        _ rows: [Row], _ layout: TableLayout<Row>, selected: Int?, isMarked: (Row) -> Bool, in body: Rect
    ) {
        for (line, row) in rows.prefix(body.height).enumerated() {
            draw(row, layout.columns, line: line, in: body)
            if isMarked(row) { write("*", line: line, in: body, style: Style(.accent)) }
            if line == selected { markSelected(line: line, in: body, isMarked: isMarked(row)) }
        }
    }

    mutating func drawHeading<Row: TableRow>(_ layout: TableLayout<Row>, _ memory: TableState, in rect: Rect)
    {
        if layout.hiddenLeft > 0 { write("‹", line: 0, in: rect, style: .dim) }
        var x = 1
        for fitted in layout.columns {
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

    mutating func draw<Row>(_ row: Row, _ columns: [FittedColumn<Row>], line: Int, in rect: Rect) {
        var x = 1
        for fitted in columns where x < rect.width {
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

/// One line of a drawn table.
enum DisplayLine: Equatable {
    /// A row, by its index.
    case row(Int)
    /// The line above a group, by the group's index.
    case group(Int)
    /// How many rows are below.
    case rest(Int)

    /// The lines of a window of that height with the selected row near its middle.
    static func lines<Row>(of table: Table<Row>, around height: Int) -> [DisplayLine] {
        guard height > 0, !table.rows.isEmpty else { return [] }
        let count = table.rows.count + table.groups.count
        let selected = table.selectedIndex ?? 0
        let above = table.groups.prefix { $0.range.lowerBound <= selected }.count
        let first = max(0, min(selected + above - height / 2, count - height))
        let isCut = first + height < count
        var lines: [DisplayLine] = []
        var group = table.groups.indices.first { table.groups[$0].range.upperBound + $0 + 1 > first } ?? 0
        var position = first
        while position < count, lines.count < height {
            if table.groups.indices.contains(group), table.groups[group].range.lowerBound + group == position
            {
                lines.append(.group(group))
                group += 1
            } else {
                lines.append(.row(position - group))
            }
            position += 1
        }
        guard isCut, height > 2 else { return lines }
        let rows = lines.count { if case .row = $0 { true } else { false } }
        let firstRow = first - table.groups.prefix { $0.range.lowerBound + 1 <= first }.count
        let hidden = table.rows.count - max(0, firstRow) - rows + 1
        if case .row(let last) = lines[height - 1], last != selected {
            lines[height - 1] = .rest(max(1, hidden))
        }
        return lines
    }
}
