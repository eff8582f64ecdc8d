import PatternDetection
import WireProtocol

/// The columns of the findings view, left to right.
public enum FindingColumns {
    /// Every column. Add one here.
    public static let all: [Column<FindingRow>] = [
        Column(
            "severity", "!", width: 1, search: { $0.severity?.rawValue ?? "" },
            sort: { .number(-Double(SessionColumns.rank($0.severity))) },
            severity: { $0.severity }, text: { $0.finding.severity.mark }),
        Column("rule", "RULE", width: 24, minimum: 19, text: { $0.finding.rule }),
        Column(
            "standing", "SEEN", width: 12, drop: 7, severity: { _ in .unknown }, text: { $0.standing.text }),
        Column("summary", "WHAT", width: 60, minimum: 30, maximum: 120, text: { $0.finding.summary }),
        Column("subject", "SUBJECT", width: 24, minimum: 12, drop: 2, text: { $0.finding.subject.text }),
        Column(
            "since", "SINCE", width: 6, alignment: .right, sort: { .seconds($0.since) },
            text: { AgeText.age($0.since) }),
        Column(
            "evidence", "EVIDENCE", width: 8, drop: 1, alignment: .right,
            sort: { .count($0.finding.evidence.count) },
            text: { CountText.plural($0.finding.evidence.count, "row") }),
        Column("backend", "BACKEND", width: 12, drop: 6, text: { $0.backendName }),
    ]
}
