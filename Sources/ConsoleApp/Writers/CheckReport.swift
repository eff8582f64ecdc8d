public import ConsoleModel
public import PatternDetection
import Screen
import WireProtocol

/// Triage, once, for people, programs and incident notes.
public struct CheckReport: Sendable {
    /// How it is written.
    public enum Format: String, Sendable, CaseIterable { case plain, json, markdown }

    /// The exit code: 0 ok, 1 warning, 2 critical, 3 unknown.
    public let exit: Int
    private let findings: [FindingRecord]
    private let backends: [(name: String, health: HealthRecord, url: String)]

    /// Judges a state.
    public init(_ state: ConsoleState, failOn: Severity) {
        exit = state.checkExit(failOn: failOn)
        findings = state.findingRecords(state.triage())
        backends = state.backends.map { ($0.name, $0.health.record, $0.url) }
    }

    /// The report in that form, with its line end.
    public func text(_ format: Format) -> String {
        switch format {
        case .plain: plain
        case .json:
            JSONValue.object([
                "schema": "ctxtop.check/1", "exit": .integer(Int64(exit)),
                "findings": .array(findings.map(\.json)),
            ]).prettyText + "\n"
        case .markdown: markdown
        }
    }

    private var word: String { ["OK", "WARNING", "CRITICAL", "UNKNOWN"][min(3, max(0, exit))] }

    private var plain: String {
        var lines = ["\(word): " + (findings.first?.summary ?? health)]
        for finding in findings {
            lines.append(
                "  \(finding.severity.rawValue)  \(finding.rule)  \(finding.subject)  \(finding.summary)")
            for row in finding.evidence {
                let at = row.at.map { "  " + $0.rfc3339 } ?? ""
                lines.append("      \(row.evidence)\(at)")
            }
            lines.append("      → \(finding.advice)")
        }
        lines += backends.map {
            "  health \($0.health.status.rawValue)  \($0.name)" + ($0.health.reason.map { "  \($0)" } ?? "")
        }
        return lines.map { PlainText.sanitized($0) + "\n" }.joined()
    }

    private var health: String {
        backends.map {
            "\($0.name) health \($0.health.status.rawValue)" + ($0.health.reason.map { ", \($0)" } ?? "")
        }
        .joined(separator: "; ")
    }

    private var markdown: String {
        var lines = ["# \(word): \(findings.first?.summary ?? health)", ""]
        for finding in findings {
            lines += [
                "## \(finding.rule), \(finding.severity.rawValue): \(finding.subject)", "", finding.summary,
                "",
            ]
            if !finding.evidence.isEmpty {
                lines += ["| field | value | source | at |", "|---|---|---|---|"]
            }
            for row in finding.evidence {
                let cells = [
                    row.evidence.field.rawValue, row.evidence.value, row.evidence.source,
                    row.at?.rfc3339 ?? "",
                ]
                lines.append(
                    "| "
                        + cells.map { $0.split(separator: "|").joined(separator: "\\|") }.joined(
                            separator: " | ") + " |")
            }
            lines += ["", "What to do: \(finding.advice)", ""]
        }
        lines += backends.map { "- \($0.name) health \($0.health.status.rawValue), `\($0.url)`" }
        return lines.map { PlainText.sanitized($0) + "\n" }.joined()
    }
}
