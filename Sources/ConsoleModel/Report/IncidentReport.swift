import PatternDetection
import WireProtocol

/// An incident note in Markdown: the five whys with their evidence, section by section as the seed's report.
///
/// Every sentence comes from rows that the console holds; what they do not tell is said to be missing.
public struct IncidentReport: Sendable {
    let state: ConsoleState
    let findings: [Finding]

    /// A report about what triage says now; about one finding only, where a key is given.
    public init(_ state: ConsoleState, about key: FindingKey? = nil) {
        self.state = state
        let all = state.triage()
        findings = key.map { key in all.filter { $0.key == key } } ?? all
    }

    /// The report's lines; each may hold wire text, so a writer sanitises it line by line.
    public var lines: [String] {
        guard !findings.isEmpty else { return ["# Nothing needs attention", ""] + background }
        return incidents.flatMap { chapter($0) } + background
    }

    /// The most urgent finding of each thing that findings are about; the others of it follow from the same rows.
    var incidents: [Finding] {
        var seen: Set<String> = []
        return findings.filter { finding in
            finding.severity >= .warning && seen.insert(Self.group(of: finding, state)).inserted
        }.prefix(5).map { $0 }
    }

    private static func group(of finding: Finding, _ state: ConsoleState) -> String {
        let path = WhyQuestion(finding, state)?.path?.record.path.rawValue
        switch finding.subject {
        case .path, .backend: return "\(finding.backend.rawValue) \(path ?? finding.subject.text)"
        case .session, .run, .dispatcher: return "\(finding.backend.rawValue) \(finding.rule) \(path ?? "")"
        }
    }

    // MARK: One incident

    private func chapter(_ finding: Finding) -> [String] {
        let why = state.fiveWhys(finding)
        let backend = state.backend(finding.backend)
        var lines = [
            "# Five whys: \(finding.subject.text)", "", "**Date:** \(state.now.rfc3339)  ",
            "**Issue:** \(finding.summary)  ",
            "**Severity:** \(finding.severity.rawValue), rule `\(finding.rule)`"
                + (finding.since.map { ", since \($0.rfc3339)" } ?? "") + "  ",
            "**Backend:** \(backend?.name ?? "")  `\(backend?.url ?? "")`  ",
            "**Resolution:** " + resolution(of: finding, why), "",
            "## Five Whys Root Cause Analysis", "",
        ]
        for answer in why.whys {
            lines += ["### WHY #\(answer.level.rawValue) - \(answer.level.title)", ""]
            lines += ["**\(answer.headline):** \(answer.statement)", ""]
            lines += MarkdownTable.evidence(answer.evidence)
            lines += ["", "Linked by `\(answer.link)`.", ""]
        }
        if let stop = why.stop {
            lines += ["### WHY #\(stop.level.rawValue) - \(stop.level.title)", "", "\(stop.text).", ""]
        }
        lines += ["## Multi-Layer Solution", ""]
        for answer in why.whys {
            lines += [
                "### Layer \(answer.level.rawValue): \(answer.level.layer) (WHY #\(answer.level.rawValue))",
                "",
                answer.remedy, "",
            ]
        }
        return lines + impact(of: finding)
    }

    // MARK: What stands behind all of them

    private var background: [String] {
        detection + checklist + validation + isolation + changes + otherFindings + lessons + actions + summary
    }

    private var checklist: [String] {
        state.backends.flatMap { backend -> [String] in
            let items = state.checklist(backend)
            guard !items.isEmpty else { return [] }
            return ["## Migration Checklist: \(backend.name)", ""]
                + items.map { item in
                    let seen = item.evidence.map { "\($0.evidence.field): \($0.evidence.value)" }
                    let mark = item.state == .done ? "x" : " "
                    let word = item.state == .unknown ? " (not seen either way)" : ""
                    return "- [\(mark)] \(item.text)\(word)"
                        + (seen.isEmpty ? "" : " - " + seen.joined(separator: "; "))
                } + [""]
        }
    }

    private var validation: [String] {
        let rows = state.migrationCoverage()
        guard !rows.isEmpty else { return [] }
        let cells = rows.map { row in
            [
                row.key.id.rawValue, "\(row.expected)", "\(row.detected)",
                row.outcome.error ?? row.outcome.status.rawValue, row.outcome.at?.rfc3339 ?? "",
                row.regressedAt.map { "went back \($0.rfc3339)" } ?? "",
            ]
        }
        return ["## Validation Results", ""]
            + MarkdownTable.lines(
                ["path", "expected", "detected", "last outcome", "at", "regression"], cells) + [""]
    }

    private var isolation: [String] {
        let statement = state.isolationStatement()
        guard statement.events > 0 else { return [] }
        var lines = ["## Isolation", "", statement.text + ".", ""]
        if !statement.notObservable.isEmpty {
            lines += ["Not observable on: \(statement.notObservable.joined(separator: ", ")).", ""]
        }
        let cells = statement.crossings.prefix(20).map {
            [$0.kind.rawValue, $0.owner, $0.other, $0.subject, $0.at.rfc3339]
        }
        if !cells.isEmpty {
            lines += MarkdownTable.lines(["crossing", "owner", "reached", "id", "at"], Array(cells)) + [""]
        }
        return lines + ["Contract: \(state.contract().text).", ""]
    }

    private var changes: [String] {
        guard !state.changes.isEmpty else { return [] }
        return ["## What Changed", ""]
            + state.changes.suffix(20).map { "- \($0.at.rfc3339) \($0.text)" } + [""]
    }

    private var otherFindings: [String] {
        let shown = Set(incidents.map(\.key))
        let others = findings.filter { !shown.contains($0.key) }
        guard !others.isEmpty else { return [] }
        return ["## Also Found", ""]
            + others.prefix(100).map {
                "- \($0.severity.rawValue) `\($0.rule)` \($0.subject.text): \($0.summary)"
            }
            + (others.count > 100 ? ["- and \(others.count - 100) more"] : []) + [""]
    }
}

/// Tables in Markdown, with cells that cannot leave their place.
enum MarkdownTable {
    /// A table of these columns.
    static func lines(_ columns: [String], _ rows: [[String]]) -> [String] {
        [line(columns), "|" + String(repeating: "---|", count: columns.count)] + rows.map(line)
    }

    /// Evidence rows as a table.
    static func evidence(_ rows: [EvidenceRecord]) -> [String] {
        lines(
            ["field", "value", "source", "at"],
            rows.map {
                [$0.evidence.field.rawValue, $0.evidence.value, $0.evidence.source, $0.at?.rfc3339 ?? ""]
            })
    }

    private static func line(_ cells: [String]) -> String {
        "| " + cells.map(cell).joined(separator: " | ") + " |"
    }

    /// A cell's text: no line end, no bar, no mark of HTML.
    private static func cell(_ text: String) -> String {
        var cell = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "|": cell += "\\|"
            case "\n", "\r", "\t": cell += " "
            case "<": cell += "&lt;"
            case "`": cell += "'"
            default: cell.unicodeScalars.append(scalar)
            }
        }
        return cell
    }
}
