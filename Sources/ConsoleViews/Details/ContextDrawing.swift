import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// One user context in lines, whole or as the pane beside the sessions.
enum ContextDrawing {
    /// The pane beside the sessions: who, what is wrong, ids, dispatcher, last run.
    static func summary(_ detail: ContextDetail, width: Int) -> [StyledLine] {
        let session = detail.session
        let who = StyledLine(" \(session.userText)", Style(.normal, isBold: true))
            .then("  session \(IDText.tail(session.key.id.rawValue))", .dim)
        var lines = [
            who, StyledLine(" \(session.stateText)\(doing(detail))", session.severity?.style ?? Style(.ok)),
        ]
        lines += findings(detail, width: width, limit: 3) + [StyledLine()]
        lines += ContextIDs.oneColumn(detail, width: width) + [StyledLine()]
        lines += ContextDispatcher.lines(detail, width: width) + [StyledLine()]
        if let run = detail.runs.first {
            lines.append(
                StyledLine(" RUN ", .header).then(IDText.tail(run.key.id.rawValue)).then(
                    "  \((run.agent ?? "").prefix(12))", .dim
                ).then(at: width - 7, run.ledger.text))
        }
        return lines + ContextTimeline.lines(detail, width: width, limit: 8, selected: nil)
            + others(detail)
    }

    /// How many other users wait in the same tool.
    private static func others(_ detail: ContextDetail) -> [StyledLine] {
        guard let others = detail.othersInTool, let tool = detail.session.tool else { return [] }
        let style: Style = others > 0 ? Style(.warning) : .dim
        return [StyledLine("   also in \(tool): \(CountText.plural(others, "other user"))", style)]
    }

    /// `: tool_executing sql_query`, while a tool executes.
    private static func doing(_ detail: ContextDetail) -> String {
        guard let tool = detail.session.tool else { return "" }
        let elapsed = detail.session.toolElapsed.map { " \(AgeText.age($0))" } ?? ""
        return ": tool_executing \(tool)\(elapsed)"
    }

    /// The state, what it does, and every finding about it.
    static func head(_ detail: ContextDetail, width: Int) -> [StyledLine] {
        let session = detail.session
        let style = session.severity?.style ?? Style(.ok)
        let state = session.state
        let since = session.since.map { " " + AgeText.age($0) } ?? ""
        let word = state == .stuck || state == .error ? state.rawValue.uppercased() : state.rawValue
        let first = StyledLine(" \(state.glyph) \(word)\(since)", Style(style.role, isBold: true))
            .then(detail.session.tool == nil ? "" : "  in" + doing(detail).dropFirst(), style)
        return [first.clipped(to: width - 1)] + findings(detail, width: width, limit: 3)
    }

    private static func findings(_ detail: ContextDetail, width: Int, limit: Int) -> [StyledLine] {
        detail.findings.prefix(limit).flatMap { row in
            Wrapping.lines(row.finding.summary, width: width - 5).enumerated().map { index, text in
                StyledLine(index == 0 ? " \(row.finding.severity.mark) " : "   ", row.finding.severity.style)
                    .then(text)
            }
        }
    }

    static func isolation(_ detail: ContextDetail) -> StyledLine {
        StyledLine(" ISOLATED  ", .header).then(
            detail.isolation.text, detail.isolation.crossings > 0 ? Style(.critical) : .normal)
    }
}

/// Who and where: the ids and facts of a context.
enum ContextIDs {
    /// Where the columns begin in three: user names and verdicts are long, the ids between them are not.
    private static let starts = [0, 26, 46]

    /// Three columns from 76 on, two from 50 on, else one.
    static func lines(_ detail: ContextDetail, width: Int, selected: RowID?) -> [StyledLine] {
        let count = width >= 76 ? 3 : width >= 50 ? 2 : 1
        let spare = count == 3 ? (width - 78) / 3 : 0
        let starts = count == 3 ? starts.enumerated().map { $1 + $0 * spare } : [0, width / 2]
        let fields = detail.fields
        return stride(from: 0, to: fields.count, by: count).map { start in
            var line = StyledLine()
            for (offset, field) in fields[start..<min(start + count, fields.count)].enumerated() {
                if offset > 0 { line = line.then(at: starts[offset] - 1, "") }
                let end = offset + 1 < count ? starts[offset + 1] : width
                let isSelected = selected == .field(field.label)
                line = line.then(cell(field, width: end - starts[offset], isSelected: isSelected))
            }
            return line
        }
    }

    /// The fields that are known, one below the other, for a narrow pane.
    static func oneColumn(_ detail: ContextDetail, width: Int) -> [StyledLine] {
        detail.fields.filter { $0.value != nil && $0.label != "user" && $0.label != "session" }
            .map { cell($0, width: width - 1, isSelected: false) }
    }

    private static func cell(_ field: ContextField, width: Int, isSelected: Bool) -> StyledLine {
        let label = field.label.padded(to: 9)
        var style = field.severity?.style ?? .normal
        style.isReversed = isSelected
        return StyledLine((isSelected ? "▸" : " ") + label, .dim).then(field.shown, style).clipped(
            to: width - 1)
    }
}

/// The dispatcher of a context: whose, which steps it took, what it executed; and the backend's limits.
enum ContextDispatcher {
    static func lines(_ detail: ContextDetail, width: Int) -> [StyledLine] {
        guard let row = detail.dispatcher else {
            return [.heading("DISPATCHER none"), StyledLine("   no dispatcher serves this session", .dim)]
        }
        let only = row.record.owners.count <= 1 ? " only" : ""
        var lines = [
            StyledLine(" DISPATCHER ", .header).then("\(IDText.tail(row.record.id.rawValue)) ")
                .then("\(row.glyph) \(row.stateText)", row.severity?.style ?? Style(.ok))
                .then("   owner \(row.ownerText)\(only)", .dim).clipped(to: width - 1)
        ]
        let steps = history(row)
        lines += Wrapping.lines(steps, width: width - 4).suffix(2).map { StyledLine("   " + $0, .dim) }
        var counts =
            "executed \(CountText.grouped(row.record.executed))   failed \(CountText.grouped(row.record.failed))"
        if let times = detail.toolTimes {
            counts +=
                "   p50 \(AgeText.took(times.median))   p95 \(AgeText.took(times.p95))   max \(AgeText.took(times.slowest))"
        }
        lines += Wrapping.lines(counts, width: width - 4).map { StyledLine("   " + $0) }
        return lines
    }

    /// `02:09:25.204 requested  .206 initializing  02:13:49.020 executing`: the clock where its second changes.
    private static func history(_ row: DispatcherRow) -> String {
        var second = ""
        let steps = row.transitions.suffix(6).map { step -> String in
            let isSame = step.at.clock == second
            second = step.at.clock
            let time = step.at.clockWithMilliseconds
            return "\(isSame ? String(time.suffix(4)) : time) \(step.to.rawValue)"
        }
        let since =
            row.age.map { "made \(AgeText.age($0)) ago, before we watched" } ?? "began before we watched"
        return steps.isEmpty ? since : steps.joined(separator: "  ")
    }

    /// The limits as gauges, three on a line where they fit.
    static func limits(_ detail: ContextDetail, width: Int) -> [StyledLine] {
        guard !detail.limits.isEmpty else { return [] }
        let perLine = max(1, (width - 11) / 26)
        return stride(from: 0, to: min(detail.limits.count, perLine * 2), by: perLine).map { start in
            var line = start == 0 ? StyledLine(" LIMITS    ", .header) : StyledLine("           ")
            for limit in detail.limits[start..<min(start + perLine, detail.limits.count)] {
                let (used, most) = (limit.record.used, limit.record.limit)
                line = line.then("\(limit.name) \(CountText.grouped(used))/\(CountText.grouped(most)) ")
                    .then(
                        Gauge.text(used: used, limit: most, width: 10) + "   ",
                        Gauge.severity(used: used, limit: most)?.style ?? .dim)
            }
            return line.clipped(to: width - 1)
        }
    }
}

extension DispatcherRow {
    /// The glyph of its state.
    var glyph: String {
        switch record.state {
        case .requested, .initializing: "◐"
        case .active, .executing: "●"
        case .idle, .draining: "○"
        case .disposed: "–"
        case .halfBuilt, .orphaned, .leaked, .evicted, .shared: "!"
        case .unknown: "?"
        }
    }
}
