import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// The sessions of every user, one line each; beside them the selected one, under them paths and the last events.
enum SessionsView: View {
    static func draw(_ state: ConsoleState, in rect: Rect, on frame: inout Frame) {
        frame.drawView(
            state.sessionTable(), state, in: rect,
            empty: EmptyTexts(
                none: "No sessions: no user is connected, and none was seen since the console started.",
                notObservable: state.whyNotObservable("session")),
            below: { list, frame in blocks(state, in: list, on: &frame) },
            detail: { row, width in
                state.contextDetail(row.key).map { ContextDrawing.summary($0, width: width) } ?? []
            })
    }

    /// Draws BY PATH and LAST EVENTS at the bottom where there is room, and gives what is left for the list.
    private static func blocks(_ state: ConsoleState, in list: Rect, on frame: inout Frame) -> Rect {
        guard list.width + Panes.detailWidth >= Panes.widthForBoth - 1, list.height >= 24 else { return list }
        let paths = byPath(state)
        let lines =
            paths + [StyledLine()]
            + LastEventsDrawing.lines(state, count: min(8, list.height / 8), width: list.width)
        let (rest, bottom) = list.splitBottom(min(lines.count, list.height / 2))
        frame.draw(lines, in: bottom)
        return rest.splitBottom(1).rest
    }

    private static func byPath(_ state: ConsoleState) -> [StyledLine] {
        let rows = state.pathRows()
        guard !rows.isEmpty else { return [] }
        let hasMany = state.backends.count > 1
        var head = StyledLine(" BY PATH      sessions  running  stuck  error   detected", .header)
        if hasMany { head = head.then(at: 72, "BACKEND", .header) }
        return [head]
            + rows.prefix(6).map { row in
                let counts = [
                    (row.sessions.all, 22), (row.sessions.running, 31), (row.sessions.stuck, 38),
                    (row.sessions.error, 45),
                ]
                var line = StyledLine("   " + row.record.path.rawValue)
                for (index, (count, end)) in counts.enumerated() {
                    let text = CountText.grouped(count)
                    line = line.then(
                        at: end - text.count, text, index >= 2 && count > 0 ? Style(.critical) : .normal)
                }
                line = line.then(
                    at: 48, row.judgement.verdict.longWords, row.judgement.verdict.severity.style)
                return hasMany ? line.then(at: 72, row.backendName, .dim) : line
            }
    }
}
