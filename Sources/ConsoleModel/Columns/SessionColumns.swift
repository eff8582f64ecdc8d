import PatternDetection
import WireProtocol

/// The columns of the sessions view, left to right; widths and drop order are SCREENS.md's.
public enum SessionColumns {
    /// Every column. Add one here.
    public static let all: [Column<SessionRow>] = [
        Column(
            "severity", "!", width: 1, search: { $0.severity?.rawValue ?? "" },
            sort: { .number(-Double(rank($0.severity))) }, severity: { $0.severity },
            text: { $0.severity?.mark ?? " " }),
        Column("user", "USER", width: 16, minimum: 10, maximum: 32, text: { $0.userText }),
        session(width: 8),
        Column(
            "state", "STATE", width: 13, sort: { .number(Double($0.state.rank)) },
            severity: { severity(of: $0) }, text: { $0.stateText }),
        Column(
            "path", "PATH", width: 4, drop: 1,
            search: { "\($0.path?.shortWord ?? "") \($0.path?.rawValue ?? "")" },
            text: { $0.path?.shortWord ?? AgeText.none }),
        Column(
            "service", "SERVICE", width: 12, minimum: 8, maximum: 24, drop: 8,
            text: { $0.service ?? AgeText.none }),
        Column(
            "pattern", "PATTERN", width: 9, search: { "\($0.verdict.shortWord) \($0.verdict)" },
            severity: { $0.verdict.severity }, text: { $0.verdict.shortWord }),
        Column(
            "tool", "TOOL", width: 16, minimum: 8, maximum: 28, drop: 3, sort: { .seconds($0.toolElapsed) },
            text: { $0.toolText }),
        Column("events", "EVENTS", width: 6, drop: 2, text: { $0.ledger.text }),
        Column(
            "last", "LAST", width: 4, drop: 4, alignment: .right, sort: { .seconds($0.last) },
            text: { AgeText.age($0.last) }),
        Column(
            "p95", "P95", width: 5, drop: 6, alignment: .right, sort: { .seconds($0.p95) },
            text: { AgeText.took($0.p95) }),
        Column(
            "age", "AGE", width: 6, drop: 7, alignment: .right, sort: { .seconds($0.age) },
            text: { AgeText.age($0.age) }),
        Column("backend", "BACKEND", width: 12, minimum: 8, maximum: 24, drop: 4, text: { $0.backendName }),
    ]

    /// The column of ids, whole where they are not longer than the column is wide.
    static func session(width: Int) -> Column<SessionRow> {
        Column(
            "session", "SESSION", width: width, drop: 5, search: { $0.key.id.rawValue },
            text: { IDText.tail($0.key.id.rawValue, within: width) })
    }

    /// The order of severities as a number, nothing lowest.
    static func rank(_ severity: Severity?) -> Int {
        severity.flatMap { Severity.allCases.firstIndex(of: $0) } ?? 0
    }

    private static func severity(of row: SessionRow) -> Severity? {
        switch row.state {
        case .stuck, .error: .critical
        case .looping: .warning
        case .waiting: .notice
        case .running: .ok
        case .idle, .ended, .unknown: nil
        }
    }
}
