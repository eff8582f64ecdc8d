import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// One user context on one screen: who and where, dispatcher, limits, isolation, runs and timeline.
enum ContextView: View {
    static func draw(_ state: ConsoleState, in rect: Rect, on frame: inout Frame) {
        guard case .context(let key) = state.interface.place, let detail = state.contextDetail(key) else {
            return frame.draw([StyledLine(" This session is not known any more.", .dim)], in: rect)
        }
        var lines = ContextDrawing.head(detail, width: rect.width)
        lines += ContextDrawing.ids(detail, width: rect.width)
        lines += [StyledLine()] + ContextDrawing.dispatcher(detail, width: rect.width)
        lines += ContextDrawing.limits(detail) + [ContextDrawing.isolation(detail)]
        lines +=
            [StyledLine()]
            + ContextDrawing.runs(detail, width: rect.width, limit: max(2, (rect.height - lines.count) / 3))
        let room = rect.height - lines.count - 1
        lines += ContextDrawing.timeline(detail, width: rect.width, limit: room)
        frame.draw(lines, in: rect, selected: state.selectedRowID)
    }
}
