public import ConsoleModel
public import PatternDetection
import Screen
import WireProtocol

/// Triage, once, for people, programs, monitoring systems and incident notes.
public struct CheckReport: Sendable {
    /// How it is written.
    public enum Format: String, Sendable, CaseIterable { case plain, json, markdown, nagios, oneline }

    /// The exit code: 0 ok, 1 warning, 2 critical, 3 unknown.
    public let exit: Int
    let state: ConsoleState
    let findings: [FindingRecord]

    /// Judges a state.
    public init(_ state: ConsoleState, failOn: Severity) {
        self.state = state
        exit = state.checkExit(failOn: failOn)
        findings = state.findingRecords(state.triage())
    }

    /// The report in that form, with its line end.
    public func text(_ format: Format) -> String {
        switch format {
        case .plain: Self.text(plain)
        case .json:
            JSONValue.object([
                "schema": "ctxtop.check/1", "exit": .integer(Int64(exit)),
                "findings": .array(findings.map(\.json)),
            ]).prettyText + "\n"
        case .markdown: MarkdownReport.text(state)
        case .nagios: Self.text(nagios)
        case .oneline: Self.text([oneline])
        }
    }

    /// The lines as text that no terminal obeys.
    static func text(_ lines: [String]) -> String { lines.map { PlainText.sanitized($0) + "\n" }.joined() }

    /// The plugin's word for the exit code.
    var word: String { ["OK", "WARNING", "CRITICAL", "UNKNOWN"][min(3, max(0, exit))] }

    /// What made the exit code: the first finding that counts as it, else what health says.
    var headline: String { cause?.summary ?? health }

    private var cause: FindingRecord? {
        switch exit {
        case 0: nil
        case 1: findings.first { $0.severity == .warning && !isUnknowing($0) }
        case 2: findings.first { $0.severity == .critical && !isUnknowing($0) }
        default: findings.first(where: isUnknowing)
        }
    }

    private func isUnknowing(_ finding: FindingRecord) -> Bool { TriageRule.unknowing.contains(finding.rule) }

    /// So many findings of one rule show their rows in plain text; JSON has the rows of all.
    private static let findingsInFull = 3

    private var plain: [String] {
        var lines = ["\(word): " + headline + (cause.map(alike) ?? "")]
        var told: [String: Int] = [:]
        for finding in findings {
            lines.append(
                "  \(finding.severity.rawValue)  \(finding.rule)  \(finding.subject)  \(finding.summary)")
            let advice = "      → \(finding.advice)"
            told[finding.rule + advice, default: 0] += 1
            // One cause can have a hundred findings; their rows are alike, and what to do is the same.
            guard told[finding.rule + advice, default: 0] <= Self.findingsInFull else { continue }
            for row in finding.evidence {
                let at = row.at.map { "  " + $0.rfc3339 } ?? ""
                lines.append("      \(row.evidence)\(at)")
            }
            if told[finding.rule + advice] == 1 { lines.append(advice) }
        }
        lines += state.backends.map { backend in
            "  health \(backend.health.record.status.rawValue)  \(backend.name)"
                + (backend.health.record.evidenceText.map { "  \($0)" } ?? "")
        }
        return lines + proofs
    }

    /// What was proven: the isolation statement, and how the runs keep to their contract.
    private var proofs: [String] {
        var lines: [String] = []
        let statement = state.isolationStatement()
        if statement.events > 0 || !statement.crossings.isEmpty {
            lines.append("  isolation  \(statement.text)")
            for crossing in statement.crossings.prefix(20) {
                lines.append(
                    "      \(crossing.kind.rawValue): \(crossing.owner) → \(crossing.other)  \(crossing.subject)  "
                        + crossing.at.rfc3339)
            }
        }
        let contract = state.contract()
        guard state.backends.contains(where: { $0.runs.count > 0 }) else { return lines }
        lines.append("  contract  \(contract.text)")
        for row in contract.violated.suffix(20) {
            lines.append(
                "      \(row.strip)  \(row.user)  \(row.key.id)  \(row.violations.joined(separator: "; "))")
        }
        return lines
    }

    /// How many more findings that one's rule has.
    private func alike(_ finding: FindingRecord) -> String {
        let more = findings.count { $0.rule == finding.rule } - 1
        return more > 0 ? ", and \(more) more like it" : ""
    }

    private var health: String {
        state.backends.map { backend in
            "\(backend.name) health \(backend.health.record.status.rawValue)"
                + (backend.health.record.evidenceText.map { ", \($0)" } ?? "")
        }
        .joined(separator: "; ")
    }
}
