import PatternDetection
import WireProtocol

/// What a filter over changes can ask for.
public enum ChangeColumns {
    /// Every column. Add one here.
    public static let all: [Column<StateChange>] = [
        Column(
            "time", "TIME", width: 13, sort: { .number(Double($0.at.milliseconds)) },
            text: { $0.at.clockWithMilliseconds }),
        Column("backend", "BACKEND", width: 12, text: { $0.backendName }),
        Column("what", "WHAT", width: 8, text: { $0.aspect.rawValue }),
        Column("subject", "SUBJECT", width: 24, text: { $0.subject.text }),
        Column("user", "USER", width: 16, text: { $0.user ?? "" }),
        Column("from", "FROM", width: 20, text: { $0.from ?? "" }),
        Column("to", "TO", width: 20, severity: { $0.severity }, text: { $0.to }),
        Column("severity", "SEVERITY", width: 8, text: { $0.severity.rawValue }),
        Column("reason", "REASON", width: 40, text: { $0.reason ?? "" }),
    ]
}
