import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// The newest events of every user, under the sessions and under a tall Pulse.
enum LastEventsDrawing {
    /// A heading and one line an event.
    static func lines(_ state: ConsoleState, count: Int, width: Int) -> [StyledLine] {
        let rows = state.newestEvents(count: count)
        let head = StyledLine.heading("LAST EVENTS, all users")
        if rows.isEmpty { return [head, StyledLine("   none yet", .dim)] }
        return [head]
            + rows.map { row in
                StyledLine("   " + row.timeText.dropLast(2), .dim).then(
                    at: 15, row.user.isEmpty ? "–" : row.user
                )
                .clipped(to: 30).then(at: 31, row.path?.shortWord ?? AgeText.none, .dim)
                .then(at: 37, row.word, row.severity?.style ?? .normal)
                .then(at: 54, state.pairedDetail(row), .dim).clipped(to: width - 1)
            }
    }
}
