import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// One finding in lines: what, since when, who, the rows that caused it, why, what to do.
enum FindingDrawing {
    /// From this width on each why shows its rows, and a crossing both its timelines.
    static let wide = 100

    static func lines(_ finding: Finding, _ state: ConsoleState, width: Int) -> [StyledLine] {
        let now = state.now(of: finding.backend)
        let since = finding.since.map { " since \($0.clock), \(AgeText.age(now.since($0))) ago" } ?? ""
        var lines = [
            StyledLine(" \(finding.severity.glyph) \(finding.severity.rawValue) ", finding.severity.style)
                .then(finding.rule, Style(.normal, isBold: true))
                .then(finding.isHeld ? "  comes and goes" : "", Style(.notice)),
            StyledLine(" \(finding.subject.text)", .dim).then(since, .dim),
        ]
        lines += Wrapping.lines(finding.summary, width: width - 2).map { StyledLine(" " + $0) }
        lines += [.heading("EVIDENCE \(CountText.plural(finding.evidence.count, "row"))")]
        let shown = width >= wide ? 12 : 5
        lines += finding.evidence.prefix(shown).map { EvidenceDrawing.line($0, now: now) }
        if finding.evidence.count > shown {
            lines.append(StyledLine("   … \(finding.evidence.count - shown) more", .dim))
        }
        lines += who(finding, state, width: width) + whys(finding, state, width: width)
        if let example = state.counterExample(finding) { lines += timelines(example, width: width) }
        lines += [.heading("WHAT TO DO")]
        lines += Wrapping.lines(finding.advice, width: width - 4).map { StyledLine("   " + $0) }
        lines.append(StyledLine("   ctxtop explain \(finding.rule)", .dim))
        return lines
    }

    private static func who(_ finding: Finding, _ state: ConsoleState, width: Int) -> [StyledLine] {
        let users = state.affectedUsers(by: finding)
        guard !users.isEmpty else { return [] }
        let title = " WHO \(CountText.plural(users.count, "user"))  "
        let names = names(of: users, lines: 2, width: width - 4)
        if let first = names.first, first.count + title.count < width, names.count == 1 {
            return [StyledLine(title, .header).then(first)]
        }
        return [StyledLine(title, .header)] + names.map { StyledLine("   " + $0) }
    }

    /// As many names as fit into so many lines; the others are counted.
    private static func names(of users: [String], lines: Int, width: Int) -> [String] {
        var shown = min(24, users.count)
        while true {
            let more = users.count > shown ? " and \(users.count - shown) more" : ""
            let wrapped = Wrapping.lines(users.prefix(shown).joined(separator: ", ") + more, width: width)
            if wrapped.count <= lines || shown <= 1 { return Array(wrapped.prefix(lines)) }
            shown -= 1
        }
    }

    /// The chain of reasons, and what would have to be seen to go on.
    private static func whys(_ finding: Finding, _ state: ConsoleState, width: Int) -> [StyledLine] {
        let chain = state.fiveWhys(finding)
        var lines: [StyledLine] = [.heading("FIVE WHYS \(chain.whys.count) of \(WhyLevel.allCases.count)")]
        for why in chain.whys {
            let words = Wrapping.lines("\(why.headline): \(why.statement)", width: width - 5)
            lines += words.enumerated().map { index, text in
                StyledLine(index == 0 ? " \(why.level.rawValue)" : "  ", .header).then("  " + text)
            }
            if width >= wide {
                lines += why.evidence.prefix(4).map {
                    EvidenceDrawing.line($0, now: state.now(of: finding.backend))
                }
            }
        }
        if let stop = chain.stop {
            let words = Wrapping.lines(stop.text, width: width - 5)
            lines += words.enumerated().map { index, text in
                StyledLine(index == 0 ? " \(stop.level.rawValue)" : "  ", .dim).then("  " + text, .dim)
            }
        }
        return lines
    }

    /// Both users' events around a crossing: the owner's on the left, the other's on the right.
    private static func timelines(_ example: CounterExample, width: Int) -> [StyledLine] {
        guard !example.lines.isEmpty else { return [] }
        let half = max(16, (width - 16) / 2)
        var lines = [
            StyledLine(" COUNTER-EXAMPLE ", .header).then(example.crossing.kind.rawValue, Style(.critical)),
            StyledLine("   \(example.crossing.owner)", .dim).then(
                at: 14 + half, example.crossing.other, .dim),
        ]
        for line in example.lines {
            let style: Style = line.isCrossing ? Style(.critical) : .normal
            let text = String((line.word + " " + line.detail).prefix(half - 2))
            let clock = StyledLine(" " + line.at.clockWithMilliseconds, .dim)
            lines.append(
                line.isCrossing
                    ? clock.then(at: 14, "──▶", style).then(at: 14 + half, text, style)
                    : clock.then(at: line.isOwners ? 14 : 14 + half, text, style))
        }
        return lines
    }
}
