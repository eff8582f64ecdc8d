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
        let selected = state.selectedRowID
        let width = rect.width
        var lines = ContextDrawing.head(detail, width: width)
        lines += ContextIDs.lines(detail, width: width, selected: selected)
        if rect.height >= 20 { lines.append(StyledLine()) }
        lines += ContextDispatcher.lines(detail, width: width)
        lines += ContextDispatcher.limits(detail, width: width) + [ContextDrawing.isolation(detail)]
        if rect.height >= 20 { lines.append(StyledLine()) }
        let runs = max(2, min(detail.runs.count, (rect.height - lines.count - 2) / 3))
        lines += ContextRuns.lines(detail, width: width, limit: runs, selected: selected)
        let room = rect.height - lines.count - 1
        lines += ContextTimeline.lines(detail, width: width, limit: room, selected: selected)
        frame.draw(lines, in: rect, selected: selected)
        markMatches(lines, state.interface.table.search, in: rect, on: &frame)
    }

    /// Shows which events hold what is searched for.
    private static func markMatches(
        _ lines: [StyledLine], _ needle: String, in rect: Rect, on frame: inout Frame
    ) {
        guard !needle.isEmpty else { return }
        for (index, line) in lines.prefix(rect.height).enumerated() {
            guard case .event? = line.rowID, line.holds(needle) else { continue }
            frame.restyle(line: index, in: rect) { $0.role = .accent }
        }
    }
}
