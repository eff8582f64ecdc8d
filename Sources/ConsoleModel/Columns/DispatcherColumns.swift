import PatternDetection
import WireProtocol

/// The columns of the dispatchers view, left to right.
public enum DispatcherColumns {
    /// Every column. Add one here.
    public static let all: [Column<DispatcherRow>] = [
        Column(
            "severity", "!", width: 1, search: { $0.severity?.rawValue ?? "" },
            sort: { .number(-Double(SessionColumns.rank($0.severity))) },
            severity: { $0.severity }, text: { $0.severity?.mark ?? " " }),
        Column(
            "dispatcher", "DISPATCHER", width: 10, minimum: 7, search: { $0.record.id.rawValue },
            text: { IDText.tail($0.record.id.rawValue) }),
        Column("state", "STATE", width: 14, severity: { $0.severity }, text: { $0.stateText }),
        Column(
            "user", "OWNER", width: 16, minimum: 10, maximum: 32,
            search: {
                ([$0.record.user].compactMap { $0 } + $0.record.owners).map(\.rawValue).joined(separator: " ")
            }, text: { $0.ownerText }),
        Column("pattern", "PATTERN", width: 9, drop: 1, text: { $0.record.pattern.shortWord }),
        Column(
            "age", "AGE", width: 6, alignment: .right, sort: { .seconds($0.age) },
            text: { AgeText.age($0.age) }),
        Column(
            "used", "USED", width: 6, drop: 4, alignment: .right, sort: { .seconds($0.lastUsed) },
            text: { AgeText.age($0.lastUsed) }),
        Column(
            "executed", "EXEC", width: 5, drop: 2, alignment: .right, sort: { .count($0.record.executed) },
            text: { CountText.grouped($0.record.executed) }),
        Column(
            "failed", "FAIL", width: 5, drop: 3, alignment: .right, sort: { .count($0.record.failed) },
            severity: { $0.record.failed > 0 ? .warning : nil }, text: { CountText.grouped($0.record.failed) }
        ),
        Column(
            "session", "SESSION", width: 8, drop: 5, search: { $0.record.session?.rawValue ?? "" },
            text: { $0.record.session.map { IDText.tail($0.rawValue) } ?? "–" }),
        Column("backend", "BACKEND", width: 12, maximum: 24, drop: 6, text: { $0.backendName }),
    ]
}
