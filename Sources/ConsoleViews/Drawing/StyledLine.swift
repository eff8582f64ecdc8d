import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// One line of text in pieces of different styles.
struct StyledLine: Equatable {
    /// A piece of one style.
    struct Piece: Equatable {
        let text: String
        let style: Style
    }

    fileprivate(set) var pieces: [Piece] = []
    /// What a selection of this line points at.
    var rowID: RowID?

    init(_ text: String = "", _ style: Style = .normal) {
        if !text.isEmpty { pieces = [Piece(text: text, style: style)] }
    }

    /// The same line and another piece behind it.
    func then(_ text: String, _ style: Style = .normal) -> StyledLine {
        var line = self
        line.pieces.append(Piece(text: text, style: style))
        return line
    }

    /// The same line with spaces up to `column`, and another piece there.
    func then(at column: Int, _ text: String, _ style: Style = .normal) -> StyledLine {
        let width = pieces.reduce(0) { $0 + TextMetrics.standard.width(of: $1.text) }
        return then(String(repeating: " ", count: max(1, column - width))).then(text, style)
    }

    /// The same line and another line's pieces behind it.
    func then(_ other: StyledLine) -> StyledLine {
        var line = self
        line.pieces += other.pieces
        return line
    }

    /// The same line with a piece that begins at one column and ends before another, cut if need be.
    func then(_ text: String, at column: Int, to end: Int, _ style: Style = .normal) -> StyledLine {
        then(at: column, "").then(StyledLine(text, style).clipped(to: max(0, end - column)))
    }

    /// The same line, no longer than `width` columns.
    func clipped(to width: Int) -> StyledLine {
        var line = self
        line.pieces = []
        var room = width
        for piece in pieces where room > 0 {
            let size = TextMetrics.standard.width(of: piece.text)
            guard size > room else {
                line.pieces.append(piece)
                room -= size
                continue
            }
            var text = piece.text
            while TextMetrics.standard.width(of: text) > room - 1, !text.isEmpty { text.removeLast() }
            line.pieces.append(Piece(text: text + "…", style: piece.style))
            room = 0
        }
        return line
    }

    /// How many columns it takes.
    var width: Int { pieces.reduce(0) { $0 + TextMetrics.standard.width(of: $1.text) } }

    /// The same line, standing for that row.
    func standing(for rowID: RowID) -> StyledLine {
        var line = self
        line.rowID = rowID
        return line
    }

    /// A label in a column of its own, and a value.
    static func field(_ label: String, _ value: String, _ style: Style = .normal) -> StyledLine {
        StyledLine(" " + label, .dim).then(at: 11, value, style)
    }

    /// A heading between parts.
    static func heading(_ text: String) -> StyledLine { StyledLine(" " + text, .header) }
}

extension Frame {
    /// Draws lines from the top of `rect`, one of them as selected; longer ones end in `…`.
    mutating func draw(_ lines: [StyledLine], in rect: Rect, selected: RowID? = nil) {
        for (index, line) in lines.prefix(rect.height).enumerated() {
            draw(line, line: index, in: rect)
            if let selected, line.rowID == selected { markSelected(line: index, in: rect) }
        }
    }

    /// Draws one line.
    mutating func draw(_ line: StyledLine, line index: Int, in rect: Rect) {
        var x = 0
        for piece in line.pieces {
            x = write(piece.text, x: x, line: index, in: rect, style: piece.style, width: rect.width - x)
        }
    }

    /// Marks a line as the selected one: reversed, with a pointer in its first column.
    mutating func markSelected(line: Int, in rect: Rect, isMarked: Bool = false) {
        write(isMarked ? "*" : "▸", line: line, in: rect)
        restyle(line: line, in: rect) { $0.isReversed = true }
    }
}

extension Severity {
    /// How it is drawn; its glyph or word always stands beside it.
    var style: Style {
        switch self {
        case .critical: Style(.critical)
        case .warning: Style(.warning)
        case .notice: Style(.notice)
        case .ok: Style(.ok)
        case .unknown: Style(.dim)
        }
    }
}

/// Splits words into lines.
enum Wrapping {
    /// The text in lines of at most `width` columns, broken at spaces where there are any.
    static func lines(_ text: String, width: Int) -> [String] {
        guard width > 0 else { return [] }
        let metrics = TextMetrics.standard
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: true) {
            var word = String(word)
            if !line.isEmpty, metrics.width(of: line) + 1 + metrics.width(of: word) <= width {
                line += " " + word
                continue
            }
            if !line.isEmpty { lines.append(line) }
            while metrics.width(of: word) > width {
                lines.append(String(word.prefix(max(1, width / 2))))
                word.removeFirst(min(word.count, max(1, width / 2)))
            }
            line = word
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }

    /// As ``lines(_:width:)``, with the spaces that the text begins with kept on every line.
    static func indented(_ text: String, width: Int) -> [String] {
        let indent = String(text.prefix { $0 == " " }.prefix(max(0, width / 2)))
        let lines = lines(text, width: width - indent.count)
        return lines.isEmpty ? [""] : lines.map { indent + $0 }
    }
}
