import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// Path by pattern on Pulse: the three facts side by side, and from 120 columns on how they were over the last hour.
enum PulsePaths {
    static func lines(_ pulse: PulseSummary, now: Timestamp, width: Int) -> [StyledLine] {
        guard !pulse.paths.isEmpty else {
            return [
                StyledLine(" PATH         EXPECTED  DETECTED", .header),
                StyledLine("   pattern: not observable here", .dim),
            ]
        }
        let isWide = width >= 120
        var head = StyledLine(" PATH", .header).then(at: 14, "EXPECTED", .header).then(
            at: 24, "DETECTED", .header
        )
        .then(at: 49, "LAST OUTCOME", .header).then(at: 64, "OK/10m", .header).then(
            at: 72, "ERR/10m", .header)
        let hasMany = pulse.backends.count > 1
        let shareAt = hasMany && isWide ? 100 : 84
        if hasMany, isWide { head = head.then(at: 82, "BACKEND", .header) }
        let shareWidth = isWide && !pulse.shares.isEmpty ? min(60, width - shareAt - 2) : 0
        if shareWidth >= 20 {
            head = head.then(at: shareAt, "PATTERN, last \(shareWidth) min", .header)
        }
        var lines = [head]
        for row in pulse.paths {
            var line = self.line(row)
            if hasMany, isWide { line = line.then(at: 82, String(row.backendName.prefix(16)), .dim) }
            if shareWidth >= 20, let share = pulse.shares.first(where: { $0.key == row.key }) {
                line = strip(share, width: shareWidth).pieces.reduce(line.then(at: shareAt, "")) {
                    $0.then($1.text, $1.style)
                }
            }
            lines.append(line.standing(for: row.rowID))
        }
        if let migration = pulse.migration {
            var line = StyledLine("   migration: " + migration, .dim)
            if shareWidth >= 20 {
                line = line.then(at: shareAt, "f factory  s singleton  ✕ broken", .dim)
            }
            lines.append(line)
        }
        return lines
    }

    private static func line(_ row: PathRow) -> StyledLine {
        let ok = row.succeeded.map(CountText.grouped) ?? AgeText.none
        let failed = row.failed.map(CountText.grouped) ?? AgeText.none
        let isFailing = row.record.lastOutcome.status == .error
        return StyledLine(" \(row.glyph) ", row.worst.style).then(row.record.path.rawValue).clipped(to: 13)
            .then(at: 14, row.expected.shortWord)
            .then(row.judgement.verdict.longWords, at: 24, to: 48, row.judgement.verdict.severity.style)
            .then(at: 49, row.outcomeText, isFailing ? Style(.critical) : .normal)
            .then(at: 70 - ok.count, ok)
            .then(at: 79 - failed.count, failed, row.failed ?? 0 > 0 ? Style(.critical) : .normal)
    }

    /// One letter a minute in the pattern's colour.
    static func strip(_ share: PathShare, width: Int) -> StyledLine {
        share.slots.suffix(width).reduce(StyledLine()) { line, slot in
            line.then(String(slot.letter), slot.share == nil ? .dim : slot.severity.style)
        }
    }
}

/// The numbers of the last hour on Pulse, and how long runs took.
enum PulseSeries {
    static func lines(_ pulse: PulseSummary, graph: GraphStyle, width: Int, isTall: Bool) -> [StyledLine] {
        let isWide = width >= 120
        let barWidth = isWide ? 30 : 12
        let values = graph == .braille ? barWidth * 2 : barWidth
        let texts = pulse.series.map { series -> StyledLine in
            let value = String(repeating: " ", count: max(0, 6 - series.current.count)) + series.current
            let groups = Sparkline.grouped(series.values, into: values) { $0.max() ?? 0 }
            return StyledLine(" \(series.title.padded(to: 10))", .dim).then(value + " ").then(
                Sparkline.text(groups, width: barWidth, graph: graph).padded(to: barWidth), Style(.accent))
        }
        let minutes = (60 + values - 1) / values
        let notes = ["  last 60 min", "  each bar \(minutes)m"]
        var lines = stride(from: 0, to: texts.count, by: 2).map { index -> StyledLine in
            guard index + 1 < texts.count else { return texts[index] }
            let joined = texts[index + 1].pieces.reduce(texts[index].then(" ")) { $0.then($1.text, $1.style) }
            return joined.then(notes[min(index / 2, 1)], .dim).clipped(to: width - 1)
        }
        if isTall { lines += [StyledLine()] + histogram(pulse.latencies, width: width) }
        return lines
    }

    /// One line a step, two steps beside each other from 100 columns on.
    private static func histogram(_ latencies: LatencyHistogram, width: Int) -> [StyledLine] {
        let head = StyledLine(
            " RUN LATENCY, last 5 min  \(CountText.plural(latencies.total, "run"))", .header)
        if latencies.total == 0 { return [head.then("   none finished", .dim)] }
        let highest = latencies.steps.map(\.count).max() ?? 1
        let columns = width >= 100 ? 2 : 1
        let barWidth = min(40, max(8, width / columns - 20))
        let bars = latencies.steps.map { step -> StyledLine in
            let filled = (step.count * barWidth + highest - 1) / highest
            let count = CountText.grouped(step.count)
            return StyledLine(
                String(repeating: " ", count: max(1, 9 - step.title.count)) + step.title + " ", .dim
            )
            .then(String(repeating: "█", count: filled), Style(.accent)).then(" " + count)
        }
        let half = (bars.count + columns - 1) / columns
        return [head]
            + (0..<half).map { index in
                guard columns == 2, index + half < bars.count else { return bars[index] }
                return bars[index + half].pieces.reduce(bars[index].then(at: min(width / 2, 60), "")) {
                    $0.then($1.text, $1.style)
                }
            }
    }
}
