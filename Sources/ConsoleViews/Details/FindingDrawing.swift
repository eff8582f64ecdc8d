import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// One finding in lines: what, since when, who, the rows that caused it, what to do.
enum FindingDrawing {
    static func lines(_ finding: Finding, _ state: ConsoleState, width: Int) -> [StyledLine] {
        let since = finding.since.map { " since \($0.clock), \(AgeText.age(state.now.since($0))) ago" } ?? ""
        var lines = [
            StyledLine(" \(finding.severity.glyph) \(finding.severity.rawValue) ", finding.severity.style)
                .then(finding.rule, Style(.normal, isBold: true)),
            StyledLine(" \(finding.subject.text)", .dim).then(since, .dim), StyledLine(),
        ]
        lines += Wrapping.lines(finding.summary, width: width - 2).map { StyledLine(" " + $0) }
        lines += [StyledLine(), .heading("EVIDENCE \(CountText.plural(finding.evidence.count, "row"))")]
        lines += finding.evidence.map { EvidenceDrawing.line($0, now: state.now) }
        let others = state.affectedUsers(by: finding)
        if !others.isEmpty {
            lines += [StyledLine(), .heading("WHO \(CountText.plural(others.count, "user"))")]
            lines += Wrapping.lines(others.prefix(24).joined(separator: ", "), width: width - 4).map {
                StyledLine("   " + $0)
            }
        }
        lines += [StyledLine(), .heading("WHAT TO DO")]
        lines += Wrapping.lines(finding.advice, width: width - 4).map { StyledLine("   " + $0) }
        lines.append(StyledLine("   ctxtop explain \(finding.rule)", .dim))
        return lines
    }
}

extension ConsoleState {
    /// The users whose live sessions a finding touches: those of its path, its session, run or dispatcher.
    func affectedUsers(by finding: Finding) -> [String] {
        var users: [String] = []
        for row in sessionTable().rows where row.key.backend == finding.backend {
            let touches: Bool =
                switch finding.subject {
                case .path(let path): row.path == path && row.state != .ended
                case .session(let id): row.key.id == id
                case .run, .dispatcher, .backend: false
                }
            if touches, !users.contains(row.user) { users.append(row.user) }
        }
        if case .dispatcher(let id) = finding.subject {
            users += dispatcherTable().rows.first { $0.key.id == id }?.record.owners.map(\.rawValue) ?? []
        }
        return users
    }
}
