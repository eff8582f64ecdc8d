import PatternDetection
import WireProtocol

/// The columns of the health view, left to right.
public enum HealthColumns {
    /// Every column. Add one here.
    public static let all: [Column<HealthRow>] = [
        Column(
            "severity", "!", width: 1, search: { $0.severity?.rawValue ?? "" },
            sort: { .number(-Double(SessionColumns.rank($0.severity))) },
            severity: { $0.severity }, text: { $0.severity?.mark ?? " " }),
        Column(
            "check", "CHECK", width: 24, minimum: 16,
            text: { $0.isWhole ? $0.backendName : "  " + $0.key.id }),
        Column(
            "status", "STATUS", width: 9, severity: { $0.status.severity },
            text: { "\($0.status.severity.glyph) \($0.status.rawValue)" }),
        Column(
            "trusted", "BELIEVED", width: 8, drop: 1, severity: { $0.isTrusted ? nil : .warning },
            text: { $0.isTrusted ? "yes" : "no" }),
        Column(
            "latency", "TOOK", width: 5, drop: 3, alignment: .right, sort: { .seconds($0.latency) },
            text: { AgeText.took($0.latency) }),
        Column(
            "age", "AGE", width: 5, drop: 2, alignment: .right, sort: { .seconds($0.age) },
            text: { AgeText.age($0.age) }),
        Column("reason", "REASON", width: 24, minimum: 8, maximum: 48, drop: 4, text: { $0.reason ?? "" }),
        Column("raw", "OBSERVED", width: 40, minimum: 12, maximum: 120, text: { $0.raw }),
    ]
}
