import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// What needs a person, the most urgent first.
enum FindingsView: View {
    static func draw(_ state: ConsoleState, in rect: Rect, on frame: inout Frame) {
        frame.drawView(
            state.findingTable(), state, in: rect,
            empty: EmptyTexts(none: "Nothing needs attention\(state.reasonForNothing).")
        ) { row, width in FindingDrawing.lines(row.finding, state, width: width) }
    }
}

/// One finding: why, with its evidence, and what to do.
enum FindingView {
    static func lines(_ key: FindingKey, _ state: ConsoleState, width: Int) -> [StyledLine] {
        guard let finding = state.finding(key) else {
            return [
                StyledLine(" ✓ \(key.id)", Style(.ok)), StyledLine(" This finding no longer holds.", .dim),
            ]
        }
        let lines = FindingDrawing.lines(finding, state, width: width)
        let standing = state.standing(of: finding)
        return standing == .open ? lines : [StyledLine(" \(standing.text)", Style(.accent))] + lines
    }
}
