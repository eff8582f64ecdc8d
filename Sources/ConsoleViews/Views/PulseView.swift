import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// The verdict in two seconds: what is wrong, where, since when, and what changed.
enum PulseView: View {
    static func draw(_ state: ConsoleState, in rect: Rect, on frame: inout Frame) {
        let pulse = state.pulseSummary()
        let width = rect.width
        var lines = headlines(pulse, width: width)
        if state.interface.settings.showsFirstRunHint { lines.append(firstRunHint) }
        lines += [StyledLine()] + PulsePaths.lines(pulse, now: state.now, width: width)
        if pulse.paths.isEmpty { lines += ExposingDrawing.lines(state, width: width) }
        lines += [StyledLine()]
        lines += PulseSeries.lines(
            pulse, graph: state.interface.settings.graph, width: width, isTall: rect.height >= 30)
        lines.append(StyledLine())
        let below =
            [StyledLine()] + changed(pulse, limit: rect.height >= 30 ? 6 : 2, width: width) + [
                isolated(pulse)
            ]
        let room = max(2, rect.height - lines.count - below.count)
        let attention = attention(pulse, state, limit: room, width: width)
        lines += attention
        // What is left over stands between, so that the last lines keep their place.
        let rest = rect.height - lines.count - below.count
        if rest > 0, rect.height < 30 { lines += Array(repeating: StyledLine(), count: rest) }
        lines += below
        if rest >= 6, rect.height >= 30 {
            lines += [StyledLine()] + LastEventsDrawing.lines(state, count: min(20, rest - 2), width: width)
        }
        frame.draw(lines, in: rect, selected: pulse.selection)
    }

    private static let firstRunHint = StyledLine(" First time here? ", .dim).then("⏎", .key)
        .then(" opens, ", .dim).then("a", .key).then(" goes to what needs you, ", .dim).then("/", .key)
        .then(" filters, ", .dim).then("?", .key).then(" has every key.", .dim)

    /// One backend in two lines; several in one line each, the worst first.
    private static func headlines(_ pulse: PulseSummary, width: Int) -> [StyledLine] {
        guard pulse.backends.count != 1, let longest = pulse.backends.map(\.name.count).max() else {
            return pulse.backends.flatMap { headline($0, width: width) }
        }
        let nameWidth = min(longest, 24)
        let ordered = pulse.backends.enumerated().sorted { first, second in
            if first.element.severity != second.element.severity {
                return first.element.severity > second.element.severity
            }
            return first.offset < second.offset
        }.map(\.element)
        return ordered.prefix(12).map { backend in
            let since = backend.since.map { " " + AgeText.age($0) } ?? ""
            return StyledLine(" \(backend.severity.glyph) ", backend.severity.style)
                .then(
                    String(backend.name.prefix(nameWidth)).padded(to: nameWidth), Style(.normal, isBold: true)
                )
                .then("  " + (backend.word + since).padded(to: 16), backend.severity.style)
                .then(backend.link.state == .connected ? "" : backend.linkText + "  ", .dim)
                .then(backend.text, backend.severity.style).clipped(to: width - 1)
        }
    }

    private static func headline(_ backend: BackendPulse, width: Int) -> [StyledLine] {
        let since = backend.since.map { " " + AgeText.age($0) } ?? ""
        let first = StyledLine(
            " \(backend.severity.glyph) \(backend.word)\(since)   ",
            Style(backend.severity.style.role, isBold: true)
        )
        .then(backend.text, backend.severity.style)
        return [
            first.clipped(to: width - 1), StyledLine("   " + backend.health, .dim).clipped(to: width - 1),
        ]
    }

    private static func attention(
        _ pulse: PulseSummary, _ state: ConsoleState, limit: Int, width: Int
    ) -> [StyledLine] {
        let aside = pulse.setAside > 0 ? ", \(pulse.setAside) set aside" : ""
        guard !pulse.findings.isEmpty else {
            return [
                .heading("NEEDS ATTENTION 0" + aside),
                StyledLine("   " + state.nothingNeedsAttention, .dim),
            ]
        }
        let count = pulse.findings.reduce(0) { $0 + 1 + $1.alike }
        let head = StyledLine(" NEEDS ATTENTION \(count)\(aside)", .header)
            .then(at: width - 18, "SINCE   EVIDENCE", .header)
        let room = pulse.findings.count > limit - 1 ? max(1, limit - 2) : limit
        // A selection below what fits takes the list with it.
        let selected = pulse.findings.firstIndex { $0.rowID == pulse.selection } ?? 0
        let shown = pulse.findings.dropFirst(max(0, selected - room + 1)).prefix(room)
        let ruleWidth = width >= 120 ? 26 : 20
        var lines = [head]
        for row in shown {
            let rule = StyledLine(row.finding.rule, row.finding.severity.style).clipped(to: ruleWidth)
            let alike = row.alike > 0 ? "\(row.alike + 1) alike, first: " : ""
            let text = StyledLine("   \(row.finding.severity.mark) ", row.finding.severity.style)
                .then(rule).then(at: ruleWidth + 6, alike, .dim).then(row.finding.summary)
                .clipped(to: width - 20)
            let rows = CountText.plural(row.finding.evidence.count, "row")
            lines.append(
                text.then(at: width - 18, AgeText.age(row.since)).then(at: width - 2 - rows.count, rows, .dim)
                    .standing(for: row.rowID))
        }
        let hidden = count - shown.reduce(0) { $0 + 1 + $1.alike }
        if hidden > 0 { lines.append(StyledLine("   … \(hidden) more in Findings (6)", .dim)) }
        return lines
    }

    private static func changed(_ pulse: PulseSummary, limit: Int, width: Int) -> [StyledLine] {
        let head = StyledLine(" CHANGED   ", .header)
        if pulse.changes.isEmpty { return [head.then("nothing since we watch", .dim)] }
        return pulse.changes.prefix(limit).enumerated().map { index, change in
            (index == 0 ? head : StyledLine("           ")).then(change.at.clock + "  ", .dim)
                .then(change.text, change.severity.style).clipped(to: width - 1)
        }
    }

    private static func isolated(_ pulse: PulseSummary) -> StyledLine {
        StyledLine(" ISOLATED  ", .header).then(
            pulse.isolation.text, pulse.isolation.crossings > 0 ? Style(.critical) : .normal)
    }
}

extension BackendPulse {
    /// The link in words, without its reason.
    fileprivate var linkText: String {
        switch link.state {
        case .connecting: "◐ connecting"
        case .connected: "● live"
        case .stale: "▲ stale"
        case .lost: "✕ lost"
        case .ended: "– ended"
        }
    }
}

extension String {
    /// The text with spaces behind it up to `width` columns.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - TextMetrics.standard.width(of: self)))
    }
}
