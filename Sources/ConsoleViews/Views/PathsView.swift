import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// Every consumer path: detected, expected, last outcome; under them the migration checklist.
enum PathsView: View {
    static func draw(_ state: ConsoleState, in rect: Rect, on frame: inout Frame) {
        let table = state.pathTable()
        let checklist = ChecklistDrawing.lines(state, height: rect.height - table.rows.count - 3)
        let (list, below) = rect.splitTop(max(4, min(table.rows.count + 3, rect.height - checklist.count)))
        frame.drawView(
            table, state, in: rect.width >= 120 ? rect : list,
            empty: EmptyTexts(
                none: "No consumer path is declared.", notObservable: state.whyNotObservable("pattern"))
        ) { row, width in PathDrawing.lines(row, now: state.now(of: row.key.backend), width: width) }
        if table.rows.isEmpty {
            return frame.draw(ExposingDrawing.lines(state, width: rect.width), in: rect.splitTop(4).1)
        }
        if rect.width >= 120 {
            let left = Rect(x: list.x, y: below.y, width: rect.width - 45, height: below.height)
            frame.draw(checklist, in: left)
        } else {
            frame.draw(checklist, in: below)
        }
    }
}

/// One path with its evidence, its last hour and its sessions.
enum PathView {
    static func lines(_ key: PathKey, _ state: ConsoleState, width: Int) -> [StyledLine] {
        guard let row = state.pathRows().first(where: { $0.key == key }) else {
            return [StyledLine(" This path is not known any more.", .dim)]
        }
        var lines = PathDrawing.lines(row, now: state.now(of: key.backend), width: width)
        lines += state.migrationCoverage().first { $0.key == key }.map(ChecklistDrawing.past) ?? []
        if let share = state.pulseSummary().shares.first(where: { $0.key == key }) {
            lines += [StyledLine(), .heading("PATTERN, last 60 min, a letter a minute")]
            lines.append(StyledLine("   ").then(PulsePaths.strip(share, width: min(60, width - 4))))
            lines.append(StyledLine("   f factory  s singleton  m mixed  ✕ broken  · nothing came", .dim))
        }
        return lines + [StyledLine()] + SessionLines.lines(state.sessionRows(onPath: key), width: width)
    }
}

/// Sessions below something else, one line each, to be selected.
enum SessionLines {
    static func lines(_ rows: [SessionRow], width: Int) -> [StyledLine] {
        var lines = [StyledLine.heading("SESSIONS \(CountText.grouped(rows.count))")]
        if rows.isEmpty { lines.append(StyledLine("   none", .dim)) }
        lines += rows.prefix(200).map { row in
            StyledLine("   \(row.severity?.mark ?? " ") ", row.severity?.style ?? .normal)
                .then(row.userText).clipped(to: 28).then(at: 29, row.stateText)
                .then(at: 46, row.ledger.text).then(at: 53, row.toolText, .dim)
                .then(at: 72, AgeText.age(row.last), .dim).clipped(to: width - 1).standing(for: row.rowID)
        }
        if rows.count > 200 { lines.append(StyledLine("   … \(rows.count - 200) more", .dim)) }
        return lines
    }
}
