import ConsoleModel
import Screen

/// The column chooser: a box on the right with one line for each column.
enum ChooserDrawing {
    private static let width = 34

    static func draw(_ state: ConsoleState, cursor: Int, in body: Rect, on frame: inout Frame) {
        let choices = state.columnChoices
        let height = min(body.height, choices.count + 2)
        let width = min(width, body.width)
        let box = Rect(x: body.x + body.width - width, y: body.y, width: width, height: height)
        frame.drawBox(box, title: " COLUMNS of \(state.interface.view.title) ")
        let inner = Rect(x: box.x + 1, y: box.y + 1, width: box.width - 2, height: box.height - 2)
        let first = max(0, min(cursor - inner.height / 2, choices.count - inner.height))
        for (line, choice) in choices.dropFirst(first).prefix(inner.height).enumerated() {
            let style: Style = choice.isShown ? .normal : .dim
            frame.write(String(repeating: " ", count: inner.width), line: line, in: inner)
            frame.write(choice.isShown ? "✓" : "–", x: 2, line: line, in: inner, style: style)
            frame.write(choice.name, x: 4, line: line, in: inner, style: style, width: inner.width - 10)
            frame.writeRight("\(choice.width)", endingAt: inner.width - 1, line: line, in: inner, style: .dim)
            if first + line == cursor { frame.markSelected(line: line, in: inner) }
        }
    }
}

extension Frame {
    /// Draws a border with a title, and blanks what is inside.
    mutating func drawBox(_ box: Rect, title: String) {
        guard box.width >= 2, box.height >= 2 else { return }
        let inside = String(repeating: "─", count: box.width - 2)
        write("┌" + inside + "┐", line: 0, in: box, style: .border)
        for line in 1..<(box.height - 1) {
            write(
                "│" + String(repeating: " ", count: box.width - 2) + "│", line: line, in: box, style: .border)
        }
        write("└" + inside + "┘", line: box.height - 1, in: box, style: .border)
        write(title, x: 2, line: 0, in: box, style: .header, width: box.width - 4)
    }
}
