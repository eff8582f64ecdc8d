import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// The sessions of every user, one line each; beside them the selected one.
enum SessionsView: View {
    static func draw(_ state: ConsoleState, in rect: Rect, on frame: inout Frame) {
        frame.drawView(
            state.sessionTable(), state, in: rect,
            empty: EmptyTexts(none: "No sessions yet.", notObservable: state.whyNotObservable("session"))
        ) { row, width in
            state.contextDetail(row.key).map { ContextDrawing.summary($0, width: width) } ?? []
        }
    }
}
