import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// One user context in lines, whole or as the pane beside the sessions.
enum ContextDrawing {
    /// The pane beside the sessions: who, what is wrong, dispatcher, last run.
    static func summary(_ detail: ContextDetail, width: Int) -> [StyledLine] {
        head(detail, width: width) + [StyledLine()] + ids(detail, width: width) + [StyledLine()]
            + dispatcher(detail, width: width)
            + [StyledLine()] + runs(detail, width: width, limit: 5) + [StyledLine()]
            + timeline(detail, width: width, limit: 12)
    }

    /// The state, and every finding about it.
    static func head(_ detail: ContextDetail, width: Int) -> [StyledLine] {
        let session = detail.session
        var lines = [
            StyledLine(" \(session.stateText)", session.severity?.style ?? Style(.ok))
                .then("  \(session.userText)", Style(.normal, isBold: true))
        ]
        for row in detail.findings.prefix(3) {
            lines += Wrapping.lines(row.finding.summary, width: width - 5).enumerated().map { index, text in
                StyledLine(index == 0 ? " \(row.finding.severity.mark) " : "   ", row.finding.severity.style)
                    .then(text)
            }
        }
        return lines
    }

    /// Who and where: two columns from 60 on, else one below the other.
    static func ids(_ detail: ContextDetail, width: Int) -> [StyledLine] {
        let session = detail.session
        func tail(_ id: (some WireIdentifier)?) -> String {
            id.map { IDText.tail($0.rawValue) } ?? AgeText.none
        }
        let deadline =
            detail.deadlineIn.map { $0 < .zero ? "passed" : "in " + AgeText.age($0) } ?? AgeText.none
        let verdict = detail.path?.judgement.verdict ?? .unknown
        let fields: [(String, String, Style)] = [
            ("user", session.user, .normal), ("path", session.path?.rawValue ?? AgeText.none, .normal),
            ("session", IDText.tail(session.key.id.rawValue), .normal),
            ("pattern", verdict.longWords, verdict.severity.style),
            ("context", tail(detail.context?.id), .normal),
            ("opened", AgeText.age(session.age) + " ago", .normal),
            ("run", tail(detail.context?.run), .normal), ("deadline", deadline, .normal),
        ]
        let lines = fields.map { StyledLine(" " + $0.padded(to: 9), .dim).then($1, $2) }
        guard width >= 60 else { return lines }
        return stride(from: 0, to: fields.count, by: 2).map { index in
            let (label, value, style) = fields[index + 1]
            return lines[index].then(at: 36, label.padded(to: 9), .dim).then(value, style)
        }
    }

    static func dispatcher(_ detail: ContextDetail, width: Int) -> [StyledLine] {
        guard let row = detail.dispatcher else {
            return [.heading("DISPATCHER none"), StyledLine("   no dispatcher serves this session", .dim)]
        }
        var lines = [
            StyledLine(" DISPATCHER ", .header).then("\(IDText.tail(row.record.id.rawValue)) ")
                .then(row.stateText, row.severity?.style ?? Style(.ok)).then("  owner \(row.ownerText)", .dim)
        ]
        let steps = row.transitions.suffix(4).map { "\($0.at.clockWithMilliseconds) \($0.to.rawValue)" }
        lines += Wrapping.lines(steps.joined(separator: "  "), width: width - 4).map {
            StyledLine("   " + $0, .dim)
        }
        lines.append(
            StyledLine(
                "   executed \(row.record.executed)  failed \(row.record.failed)  in flight \(row.record.inFlight)"
            ))
        return lines
    }

    static func limits(_ detail: ContextDetail) -> [StyledLine] {
        guard !detail.limits.isEmpty else { return [] }
        var line = StyledLine(" LIMITS    ", .header)
        for limit in detail.limits.prefix(3) {
            let gauge = Gauge.text(used: limit.record.used, limit: limit.record.limit, width: 8)
            line = line.then(
                "\(limit.name) \(CountText.grouped(limit.record.used))/\(CountText.grouped(limit.record.limit)) "
            )
            .then(gauge + "  ", .dim)
        }
        return [line]
    }

    static func isolation(_ detail: ContextDetail) -> StyledLine {
        StyledLine(" ISOLATED  ", .header).then(
            detail.isolation.text, detail.isolation.crossings > 0 ? Style(.critical) : .normal)
    }

    /// The runs, newest first, with their spans to scale from 90 columns on.
    static func runs(_ detail: ContextDetail, width: Int, limit: Int) -> [StyledLine] {
        let scaleWidth = width - 54
        let shown = detail.runs.prefix(limit)
        let longest = shown.compactMap(\.took).max() ?? .zero
        var heading = StyledLine(" RUN       AGENT       EVENTS  STATE           TOOK", .header)
        if scaleWidth >= 12 {
            heading = heading.then("   0s").then(at: width - 6, AgeText.took(longest), .dim)
        }
        if shown.isEmpty { return [heading, StyledLine("   no run yet", .dim)] }
        return [heading]
            + shown.map { run in
                let style: Style =
                    run.isStuck || run.state == .failed
                    ? Style(.critical) : run.state == .open ? Style(.ok) : .normal
                let line = StyledLine("   \(IDText.tail(run.key.id.rawValue))").then(
                    at: 11, String((run.agent ?? "–").prefix(11))
                )
                .then(at: 23, run.ledger.text).then(at: 31, run.stateText, style).then(
                    at: 46, AgeText.took(run.took))
                return
                    (scaleWidth >= 12 ? line.then(at: 54, scale(run, longest, width: scaleWidth - 2)) : line)
                    .standing(for: run.rowID)
            }
    }

    /// A run's spans: `├──┤` thinking, `▒` a tool, `✕` where it failed, `▸` while it goes on.
    private static func scale(_ run: RunRow, _ longest: Duration, width: Int) -> String {
        guard let took = run.took, longest > .zero, width > 2 else { return "" }
        func column(_ time: Duration) -> Int {
            min(width - 1, max(0, Int(time / longest * Double(width - 1))))
        }
        var cells = Array(repeating: Character(" "), count: width)
        for index in 0...column(took) { cells[index] = "─" }
        for span in run.spans {
            for index in column(span.start)...max(column(span.start), column(span.end)) {
                switch span.kind {
                case .thinking: cells[index] = "─"
                case .tool: cells[index] = "▒"
                case .failed: cells[index] = "✕"
                }
            }
        }
        cells[0] = "├"
        cells[column(took)] = run.state == .open ? "▸" : run.state == .failed ? "✕" : "┤"
        return String(cells)
    }

    /// The newest events with the gaps between them; what is missing stands last. Narrow panes leave the gaps out.
    static func timeline(_ detail: ContextDetail, width: Int, limit: Int) -> [StyledLine] {
        let isWide = width >= 60
        var lines = [
            StyledLine(isWide ? " TIME            GAP  EVENT            DETAIL" : " TIME      EVENT", .header)
        ]
        if detail.timeline.isEmpty { lines.append(StyledLine("   no events seen since we watch", .dim)) }
        for row in detail.timeline.suffix(max(0, limit)) {
            let style = row.severity?.style ?? .normal
            let gap = row.gap.map { AgeText.took($0) } ?? ""
            var line: StyledLine
            if isWide {
                line = StyledLine("   " + (row.at?.clockWithMilliseconds ?? "now"), .dim)
                    .then(at: 21 - gap.count, gap, .dim).then(at: 22, row.word, style).then(
                        at: 39, row.detail, style)
            } else {
                line = StyledLine(" " + (row.at?.clock ?? "now"), .dim).then(at: 11, row.word, style)
                    .then(" " + row.detail, style)
            }
            line.rowID = row.rowID
            lines.append(line)
        }
        return lines
    }
}
