import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// The runs of a context, newest first, with what filled them to scale.
enum ContextRuns {
    private static let scaleStart = 52

    static func lines(_ detail: ContextDetail, width: Int, limit: Int, selected: RowID?) -> [StyledLine] {
        let scaleWidth = width - scaleStart - 1
        let shown = window(detail.runs, limit: limit, selected: selected)
        let longest = shown.compactMap(\.took).max() ?? .zero
        var heading = StyledLine(" RUN        AGENT       EVENTS  STATE         TOOK", .header)
        if scaleWidth >= 12 {
            heading = axis(longest, width: scaleWidth).then(after: heading, at: scaleStart)
        }
        if shown.isEmpty { return [heading, StyledLine("   no run yet", .dim)] }
        return [heading] + shown.map { line($0, longest, scaleWidth: scaleWidth) }
    }

    /// The runs around the selected one.
    private static func window(_ runs: [RunRow], limit: Int, selected: RowID?) -> [RunRow] {
        let index = runs.firstIndex { $0.rowID == selected } ?? 0
        let first = max(0, min(index - limit / 2, runs.count - limit))
        return Array(runs.dropFirst(first).prefix(limit))
    }

    private static func line(_ run: RunRow, _ longest: Duration, scaleWidth: Int) -> StyledLine {
        let style: Style =
            run.isStuck || run.state == .failed
            ? Style(.critical) : run.state == .open ? Style(.ok) : .normal
        let took = AgeText.took(run.took)
        var line = StyledLine("   \(IDText.tail(run.key.id.rawValue))").clipped(to: 11)
            .then(at: 12, String((run.agent ?? "–").prefix(11))).then(at: 24, run.ledger.text)
            .then(at: 32, run.stateText, style).then(at: 50 - took.count, took)
        if scaleWidth >= 12 {
            line = line.then(at: scaleStart, scale(run, longest, width: scaleWidth), style)
        } else if let first = run.violations.first {
            line = line.then("  \(first)", Style(.warning))
        }
        return line.standing(for: run.rowID)
    }

    /// The ticks of the scale: its start, thirds and end.
    private static func axis(_ longest: Duration, width: Int) -> StyledLine {
        guard longest > .zero else { return StyledLine() }
        var cells = Array(repeating: Character(" "), count: width)
        let ticks = width >= 24 ? 3 : 1
        for tick in 0...ticks {
            let text = AgeText.tick(longest * tick / ticks)
            let start = min(width - text.count, (width - 1) * tick / ticks)
            for (offset, character) in text.enumerated() where start + offset < width {
                cells[max(0, start) + offset] = character
            }
        }
        return StyledLine(String(cells), .dim)
    }

    /// A run's spans: `├──┤` thinking, `▒` a tool, `✕` where it failed, `▸` while it goes on.
    static func scale(_ run: RunRow, _ longest: Duration, width: Int) -> String {
        guard let took = run.took, longest > .zero, width > 2 else { return "" }
        func column(_ time: Duration) -> Int {
            min(width - 1, max(0, Int(time / longest * Double(width - 1))))
        }
        let end = column(took)
        var cells = Array(repeating: Character(" "), count: width)
        for index in 0...end { cells[index] = "─" }
        // Thinking first: a tool that was done at once keeps its cell.
        for span in run.spans.filter({ $0.kind == .thinking }) + run.spans.filter({ $0.kind != .thinking }) {
            let (start, stop) = (min(end, column(span.start)), min(end, column(span.end)))
            for index in start...max(start, stop) {
                switch span.kind {
                case .thinking: cells[index] = "─"
                case .tool: cells[index] = "▒"
                case .failed: cells[index] = "✕"
                }
            }
        }
        if cells[0] == "─" { cells[0] = "├" }
        cells[end] = run.state == .open ? "▸" : run.state == .failed ? "✕" : "┤"
        return String(cells)
    }
}

extension StyledLine {
    /// This line's pieces behind another line, from a column on.
    fileprivate func then(after line: StyledLine, at column: Int) -> StyledLine {
        line.then(at: column, "").then(self)
    }
}

/// The newest events of a context with the gaps between them; what is missing stands last.
enum ContextTimeline {
    static func lines(_ detail: ContextDetail, width: Int, limit: Int, selected: RowID?) -> [StyledLine] {
        let isWide = width >= 60
        var lines: [StyledLine] = []
        if isWide {
            lines.append(
                StyledLine(" TIME           GAP    EVENT            DETAIL", .header).then(
                    at: width - 5, "SEQ", .header))
        }
        if detail.timeline.isEmpty { lines.append(StyledLine("   no events seen since we watch", .dim)) }
        return lines
            + window(detail.timeline, limit: max(0, limit), selected: selected).map {
                isWide ? wide($0, width: width) : narrow($0, width: width)
            }
    }

    /// The newest rows, or those around the selected one.
    private static func window(_ rows: [TimelineRow], limit: Int, selected: RowID?) -> [TimelineRow] {
        guard let index = rows.firstIndex(where: { $0.rowID == selected }) else { return rows.suffix(limit) }
        let first = max(0, min(index - limit / 2, rows.count - limit))
        return Array(rows.dropFirst(first).prefix(limit))
    }

    private static func wide(_ row: TimelineRow, width: Int) -> StyledLine {
        let style = row.severity?.style ?? .normal
        let gap = row.gap.map { AgeText.took($0) } ?? ""
        let sequence = row.sequence.map(String.init) ?? ""
        return StyledLine("   " + (row.at?.clockWithMilliseconds ?? "now"), .dim)
            .then(at: 22 - gap.count, gap, .dim).then(at: 23, row.word, style)
            .then(row.detail, at: 40, to: width - 7, style).then(
                at: width - 2 - sequence.count, sequence, .dim
            )
            .standing(for: row.rowID)
    }

    private static func narrow(_ row: TimelineRow, width: Int) -> StyledLine {
        let style = row.severity?.style ?? .normal
        let gap = row.gap.map { AgeText.took($0) } ?? ""
        return StyledLine(
            "   " + (row.at.map { String($0.clockWithMilliseconds.dropLast(2)) } ?? "now"), .dim
        )
        .then(at: 20 - gap.count, gap, .dim).then(" " + row.word, style).then(" " + row.detail, style)
        .clipped(to: width - 1).standing(for: row.rowID)
    }
}
