import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// The seed's migration checklist in lines, with what was seen for each item.
enum ChecklistDrawing {
    /// The checklists of all backends in at most `height` lines, if they can be.
    ///
    /// With room every row of evidence has a line of its own, with less only those of items that are not done.
    static func lines(_ state: ConsoleState, height: Int) -> [StyledLine] {
        let ways: [(ChecklistRecord) -> Bool] = [{ _ in true }, { $0.state != .done }]
        for isSpread in ways {
            let lines = lines(state, isSpread: isSpread)
            if lines.count <= height { return lines }
        }
        return lines(state) { _ in false }
    }

    private static func lines(
        _ state: ConsoleState, isSpread: (ChecklistRecord) -> Bool
    ) -> [StyledLine] {
        state.backends.flatMap { backend -> [StyledLine] in
            let items = state.checklist(backend)
            guard !items.isEmpty else { return [] }
            let name = state.backends.count > 1 ? " of \(backend.name)" : ""
            return [.heading("MIGRATION CHECKLIST" + name + "   " + backend.verdict.summary)]
                + items.flatMap {
                    isSpread($0) ? [line($0)] + rows($0) : [line($0).then(at: 54, seen($0), .dim)]
                }
                + regressions(state, backend.key)
        }
    }

    private static func line(_ item: ChecklistRecord) -> StyledLine {
        let mark: (String, Style) =
            switch item.state {
            case .done: ("✓ done   ", Style(.ok))
            case .open: ("✕ open   ", Style(.critical))
            case .unknown: ("? unknown", Style(.dim))
            }
        return StyledLine("   ").then(mark.0, mark.1).then(at: 14, item.text)
    }

    private static func seen(_ item: ChecklistRecord) -> String {
        item.evidence.map { "\($0.evidence.field): \($0.evidence.value)" }.joined(separator: "; ")
    }

    private static func rows(_ item: ChecklistRecord) -> [StyledLine] {
        item.evidence.map { row in
            StyledLine("").then(at: 16, "\(row.evidence.field)  \(row.evidence.value)", .dim)
        }
    }

    /// The paths that went back, with the date.
    private static func regressions(_ state: ConsoleState, _ key: BackendKey) -> [StyledLine] {
        state.migrationCoverage().filter { $0.key.backend == key }.compactMap { row in
            row.regressedAt.map { at in
                StyledLine("   ▲ back    ", Style(.warning)).then(
                    "\(row.key.id) left the factory pattern at \(at.rfc3339)")
            }
        }
    }

    /// A path's past: which pattern served what, and which verdicts it had.
    static func past(_ row: CoverageRow) -> [StyledLine] {
        guard !row.uses.isEmpty || row.stretches.count > 1 else { return [] }
        var lines: [StyledLine] = [StyledLine(), .heading("SERVED BY")]
        for use in row.uses {
            let share =
                use.share.map { "\($0) % of \(CountText.plural(use.creations, "creation"))" } ?? "not counted"
            let last = use.lastUsedAt.map { ", last \($0.clock)Z" } ?? ""
            lines.append(StyledLine("   \(use.pattern)").then(at: 22, share + last, .dim))
        }
        if row.stretches.count > 1 {
            lines.append(.heading("WAS"))
            lines += row.stretches.suffix(6).map {
                StyledLine("   \($0.since.clock)Z ", .dim).then(
                    $0.verdict.longWords, $0.verdict.severity.style)
            }
        }
        return lines
    }
}
