/// A complete picture of the terminal, as a grid of cells.
///
/// Views draw into a frame; only the Terminal target turns one into output.
/// Whatever lies outside is clipped, so a view never checks the terminal's size,
/// and ``write(_:x:line:in:style:width:)`` is the one gate that every text passes.
public struct Frame: Sendable {
    /// Columns.
    public let width: Int
    /// Lines.
    public let height: Int
    /// How many columns each character takes.
    public let metrics: TextMetrics
    /// Whether only ASCII may be drawn.
    public let isASCII: Bool
    /// The cells, line by line.
    public private(set) var cells: [Cell]
    /// Combining characters that stand on a cell, at most four each; ``Cell/marks`` counts from 1.
    public private(set) var marks: [[UInt32]] = []

    /// An empty picture; negative sizes become 0.
    public init(width: Int, height: Int, metrics: TextMetrics = .standard, isASCII: Bool = false) {
        self.width = max(0, width)
        self.height = max(0, height)
        self.metrics = metrics
        self.isASCII = isASCII
        cells = Array(repeating: .blank, count: self.width * self.height)
    }

    /// The whole picture.
    public var bounds: Rect { Rect(x: 0, y: 0, width: width, height: height) }

    /// The cell at a place that must be inside.
    public subscript(x: Int, y: Int) -> Cell {
        precondition(x >= 0 && x < width && y >= 0 && y < height, "cell outside the frame")
        return cells[y * width + x]
    }

    /// Writes a text on one line of `rect`, clipped to it.
    ///
    /// Controls become one visible column each (``PlainText``); a wide character
    /// that does not fit becomes a blank; text that is longer than `width` ends in `…`.
    ///
    /// - Parameters:
    ///   - x: the column in `rect` to begin at; may be negative.
    ///   - line: the line in `rect`; outside of it nothing is drawn.
    ///   - width: how many columns the text may take; the rest of the line when nil, then without `…`.
    /// - Returns: the column in `rect` behind the text.
    @discardableResult
    public mutating func write(
        _ text: String, x: Int = 0, line: Int, in rect: Rect, style: Style = .normal, width limit: Int? = nil
    ) -> Int {
        let row = rect.y + line
        let right = min(rect.x + rect.width, width)
        guard line >= 0, line < rect.height, row >= 0, row < height else { return x }
        let allowed = limit.map { min(right, rect.x + x + max(0, $0)) } ?? right
        var pen = Pen(column: rect.x + x, row: row, left: max(0, rect.x), right: allowed, style: style)
        if limit != nil, metrics.width(of: text) > allowed - pen.column {
            pen.right -= 1
            draw(text, &pen)
            // Of a wide character that did not fit, a blank stands before the mark.
            pen.column = max(rect.x + x, min(pen.column, pen.right))
            pen.right += 1
            put(0x2026, columns: 1, &pen)
            return pen.column - rect.x
        }
        draw(text, &pen)
        return pen.column - rect.x
    }

    /// Writes a text so that it ends at column `right` of `rect`.
    public mutating func writeRight(
        _ text: String, endingAt right: Int, line: Int, in rect: Rect, style: Style = .normal
    ) {
        write(text, x: right - metrics.width(of: text), line: line, in: rect, style: style)
    }

    /// Changes how one line of `rect` is drawn, not what it says.
    public mutating func restyle(line: Int, in rect: Rect, _ change: (inout Style) -> Void) {
        let row = rect.y + line
        guard line >= 0, line < rect.height, row >= 0, row < height else { return }
        for column in max(0, rect.x)..<max(0, rect.x, min(rect.x + rect.width, width)) {
            change(&cells[row * width + column].style)
        }
    }

    /// Where the next character goes.
    private struct Pen {
        var column: Int
        let row: Int
        let left: Int
        var right: Int
        let style: Style
    }

    private mutating func draw(_ text: String, _ pen: inout Pen) {
        var skipsJoined = false
        for scalar in text.unicodeScalars {
            let value = scalar.value
            if value >= 0x20, value < 0x7F {
                skipsJoined = false
                guard put(value, columns: 1, &pen) else { return }
                continue
            }
            if let replacement = PlainText.replacement(scalar) {
                guard put(replacement.value, columns: 1, &pen) else { return }
                continue
            }
            if value == 0x200D {
                skipsJoined = true
                continue
            }
            let columns = metrics.width(value)
            if columns == 0 {
                mark(value, pen)
                continue
            }
            // What is joined to the character before cannot share its cell, so it is left out.
            if skipsJoined {
                skipsJoined = false
                continue
            }
            guard put(columns == nil ? 0xFFFD : value, columns: columns ?? 1, &pen) else { return }
        }
    }

    /// Puts one character, or a blank where half of a wide one would stick out; false at the right edge.
    @discardableResult
    private mutating func put(_ scalar: UInt32, columns: Int, _ pen: inout Pen) -> Bool {
        guard pen.column < pen.right else { return false }
        let shown = isASCII && scalar > 0x7E ? ASCIIStandIn.of(scalar) : scalar
        let fits = pen.column + columns <= pen.right && pen.column >= pen.left
        for offset in 0..<columns where pen.column + offset >= pen.left && pen.column + offset < pen.right {
            let index = pen.row * width + pen.column + offset
            if isASCII || !fits {
                cells[index] = Cell(fits && offset == 0 ? shown : 0x20, style: pen.style)
            } else {
                cells[index] = Cell(
                    offset == 0 ? shown : 0, width: offset == 0 ? UInt8(columns) : 0, style: pen.style)
            }
        }
        pen.column += columns
        return true
    }

    /// Puts a combining character on the cell before; without one, or with four there already, it is left out.
    private mutating func mark(_ scalar: UInt32, _ pen: Pen) {
        guard !isASCII, pen.column > pen.left, pen.column <= pen.right, !(0xFE00...0xFE0F).contains(scalar),
            !(0x200B...0x200F).contains(scalar), scalar != 0xFEFF, !(0x2060...0x2064).contains(scalar)
        else { return }
        var index = pen.row * width + pen.column - 1
        if cells[index].width == 0, pen.column - 1 > pen.left { index -= 1 }
        let number = Int(cells[index].marks)
        if number > 0 {
            if marks[number - 1].count < 4 { marks[number - 1].append(scalar) }
        } else if marks.count < Int(UInt16.max) {
            marks.append([scalar])
            cells[index].marks = UInt16(marks.count)
        }
    }
}

extension Frame {
    /// The text of every line, as wide as the frame.
    public var lines: [String] {
        (0..<height).map { y in
            var text = String.UnicodeScalarView()
            for x in 0..<width {
                let cell = self[x, y]
                guard cell.width > 0, let scalar = UnicodeScalar(cell.scalar) else { continue }
                text.append(scalar)
                if cell.marks > 0 {
                    text.append(contentsOf: marks[Int(cell.marks) - 1].compactMap(UnicodeScalar.init))
                }
            }
            return String(text)
        }
    }

    /// The style of every cell, one letter each.
    public var styleLines: [String] {
        (0..<height).map { y in String((0..<width).map { self[$0, y].style.letter }) }
    }

    /// Whether line `y` looks the same in both pictures.
    public func hasSameLine(_ y: Int, as other: Frame) -> Bool {
        let range = y * width..<(y + 1) * width
        guard width == other.width, cells[range] == other.cells[range] else { return false }
        return marks == other.marks || cells[range].allSatisfy { $0.marks == 0 }
    }
}
