import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// The keys, drawn from the same table that dispatches them.
enum HelpView: View {
    static func draw(_ state: ConsoleState, in rect: Rect, on frame: inout Frame) {
        let bindings = KeyMap.all
        let perColumn = max(1, rect.height - 1)
        let columnWidth = bindings.count > perColumn ? rect.width / 2 : rect.width
        for (index, binding) in bindings.enumerated() {
            let (column, line) = (index / perColumn, index % perColumn)
            guard column < 2 else { break }
            let x = column * columnWidth + 1
            frame.write(
                binding.keys.map(\.name).joined(separator: " "), x: x, line: line, in: rect, style: .key,
                width: 9)
            frame.write(binding.help, x: x + 10, line: line, in: rect, width: columnWidth - 12)
        }
        frame.write("Esc or ? closes this", x: 1, line: rect.height - 1, in: rect, style: .dim)
    }
}
