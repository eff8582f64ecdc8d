import PatternDetection
import WireProtocol

/// The columns of the paths view, left to right.
public enum PathColumns {
    /// Every column. Add one here.
    public static let all: [Column<PathRow>] = [
        Column(
            "severity", "!", width: 1, search: { $0.severity?.rawValue ?? "" },
            sort: { .number(-Double(SessionColumns.rank($0.severity))) },
            severity: { $0.severity }, text: { $0.severity?.mark ?? " " }),
        Column(
            "path", "PATH", width: 12, minimum: 8, search: { $0.record.path.rawValue },
            severity: { $0.worst },
            text: { "\($0.glyph) \($0.record.path)" }),
        Column("expected", "EXPECTED", width: 9, drop: 3, text: { $0.expected.shortWord }),
        Column(
            "detected", "DETECTED", width: 24, minimum: 9, maximum: 40,
            severity: { $0.judgement.verdict.severity },
            text: { $0.judgement.verdict.longWords }),
        Column(
            "outcome", "LAST OUTCOME", width: 13, minimum: 12,
            severity: { $0.record.lastOutcome.status == .error ? .critical : nil }, text: { $0.outcomeText }),
        Column(
            "ok", "OK/10m", width: 6, drop: 2, alignment: .right, sort: { .count($0.succeeded) },
            text: { $0.succeeded.map(CountText.grouped) ?? AgeText.none }),
        Column(
            "err", "ERR/10m", width: 7, drop: 1, alignment: .right, sort: { .count($0.failed) },
            text: { $0.failed.map(CountText.grouped) ?? AgeText.none }),
        Column(
            "sessions", "SESS", width: 5, drop: 4, alignment: .right, sort: { .count($0.sessions.all) },
            text: { CountText.grouped($0.sessions.all) }),
        Column(
            "fallbacks", "FALLBACKS", width: 9, drop: 5, alignment: .right,
            sort: { .count($0.record.fallbacks) },
            text: { CountText.grouped($0.record.fallbacks) }),
        Column("backend", "BACKEND", width: 12, drop: 6, text: { $0.backendName }),
    ]
}
