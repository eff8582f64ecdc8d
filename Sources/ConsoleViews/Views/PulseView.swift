import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// The verdict in two seconds: what is wrong, where, since when, and what changed.
enum PulseView: View {
    static func draw(_ state: ConsoleState, in rect: Rect, on frame: inout Frame) {
        let pulse = state.pulseSummary()
        var lines: [StyledLine] = []
        for backend in pulse.backends {
            lines += headline(backend, isOnly: pulse.backends.count == 1, width: rect.width)
        }
        lines.append(StyledLine())
        lines += paths(pulse, width: rect.width)
        lines.append(StyledLine())
        lines += series(pulse, width: rect.width)
        lines.append(StyledLine())
        let below = changed(pulse, limit: rect.height > 30 ? 6 : 3) + [isolated(pulse)]
        let room = max(2, rect.height - lines.count - below.count - 2)
        lines += attention(pulse, limit: room, width: rect.width)
        lines.append(StyledLine())
        lines += below
        frame.draw(lines, in: rect, selected: pulse.selection)
    }

    private static func headline(_ backend: BackendPulse, isOnly: Bool, width: Int) -> [StyledLine] {
        let since = backend.since.map { " " + AgeText.age($0) } ?? ""
        let name = isOnly ? "" : backend.name + "  "
        let first = StyledLine(
            " \(backend.severity.glyph) \(name)\(backend.word)\(since)   ",
            Style(backend.severity.style.role, isBold: true)
        )
        .then(backend.text, backend.severity.style)
        var facts = ["   " + backend.health]
        if let uptime = backend.uptime { facts.append("up \(AgeText.age(uptime))") }
        if backend.skew != nil { facts.append("skew \(AgeText.signed(backend.skew))") }
        return [first, StyledLine(facts.joined(separator: "   "), .dim)]
    }

    /// Path by pattern: the three facts side by side.
    private static func paths(_ pulse: PulseSummary, width: Int) -> [StyledLine] {
        guard !pulse.paths.isEmpty else {
            return [
                StyledLine(" PATH         EXPECTED  DETECTED", .header),
                StyledLine("   pattern: not observable here", .dim),
            ]
        }
        var lines = [
            StyledLine(" PATH").then(at: 16, "EXPECTED").then(at: 26, "DETECTED").then(at: 50, "LAST OUTCOME")
                .then(at: 64, "OK/10m").then(at: 72, "ERR/10m")
        ].map { line in StyledLine(line.pieces.map(\.text).joined(), .header) }
        for row in pulse.paths {
            let ok = row.succeeded.map(CountText.grouped) ?? AgeText.none
            let failed = row.failed.map(CountText.grouped) ?? AgeText.none
            lines.append(
                StyledLine("   \(row.glyph) ", row.worst.style).then(row.record.path.rawValue)
                    .then(at: 16, row.expected.shortWord).then(
                        at: 26, row.judgement.verdict.longWords, row.judgement.verdict.severity.style
                    )
                    .then(
                        at: 50, row.outcomeText,
                        row.record.lastOutcome.status == .error ? Style(.critical) : .normal
                    )
                    .then(at: 70 - ok.count, ok).then(
                        at: 79 - failed.count, failed, row.failed ?? 0 > 0 ? Style(.critical) : .normal
                    )
                    .standing(for: row.rowID))
        }
        if let migration = pulse.migration { lines.append(StyledLine("   migration: " + migration, .dim)) }
        return lines
    }

    private static func series(_ pulse: PulseSummary, width: Int) -> [StyledLine] {
        let barWidth = width >= 120 ? 30 : 12
        let texts = pulse.series.map { series -> StyledLine in
            let title = series.title.padded(to: 11)
            let value = String(repeating: " ", count: max(0, 6 - series.current.count)) + series.current
            let known = series.values.drop { $0 == nil }.map { $0 ?? 0 }
            let groups = Sparkline.grouped(known, into: barWidth) { $0.max() ?? 0 }
            return StyledLine(" \(title)\(value) ").then(
                Sparkline.text(groups, width: barWidth).padded(to: barWidth), Style(.accent))
        }
        return stride(from: 0, to: texts.count, by: 2).map { index in
            guard index + 1 < texts.count else { return texts[index] }
            let second = texts[index + 1]
            let joined = second.pieces.reduce(texts[index].then("  ")) { $0.then($1.text, $1.style) }
            return index == 0 ? joined.then("  last 60 min", .dim) : joined
        }
    }

    private static func attention(_ pulse: PulseSummary, limit: Int, width: Int) -> [StyledLine] {
        guard !pulse.findings.isEmpty else {
            return [
                .heading("NEEDS ATTENTION 0"), StyledLine("   nothing: every rule ran and none fired", .dim),
            ]
        }
        let textWidth = width - 45
        var lines = [
            StyledLine(" NEEDS ATTENTION \(pulse.findings.count)").then(at: width - 15, "SINCE EVIDENCE")
        ].map { line in StyledLine(line.pieces.map(\.text).joined(), .header) }
        let shown = pulse.findings.count > limit - 1 ? max(1, limit - 2) : limit
        for row in pulse.findings.prefix(shown) {
            let summary = row.finding.summary
            let cut = summary.count > textWidth ? summary.prefix(max(0, textWidth - 1)) + "…" : summary[...]
            lines.append(
                StyledLine("   \(row.finding.severity.mark) ", row.finding.severity.style)
                    .then(row.finding.rule.padded(to: 25), row.finding.severity.style).then(String(cut))
                    .then(at: width - 15, AgeText.age(row.since))
                    .then(at: width - 9, CountText.plural(row.finding.evidence.count, "row"), .dim)
                    .standing(for: row.rowID))
        }
        if pulse.findings.count > shown {
            lines.append(StyledLine("   … \(pulse.findings.count - shown) more in Findings (6)", .dim))
        }
        return lines
    }

    private static func changed(_ pulse: PulseSummary, limit: Int) -> [StyledLine] {
        guard !pulse.changes.isEmpty else {
            return [StyledLine(" CHANGED   ", .header).then("nothing since we watch", .dim)]
        }
        return pulse.changes.prefix(limit).enumerated().map { index, change in
            StyledLine(index == 0 ? " CHANGED   " : "           ", .header).then(change.at.clock + "  ", .dim)
                .then(change.text, change.severity.style)
        }
    }

    private static func isolated(_ pulse: PulseSummary) -> StyledLine {
        StyledLine(" ISOLATED  ", .header).then(
            pulse.isolation.text, pulse.isolation.crossings > 0 ? Style(.critical) : .normal)
    }
}

extension String {
    /// The text with spaces behind it up to `width` columns.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - TextMetrics.standard.width(of: self)))
    }
}
