import PatternDetection
import WireProtocol

/// The columns of the events view, left to right.
public enum EventColumns {
    /// Every column. Add one here.
    public static let all: [Column<EventRow>] = [
        Column(
            "time", "TIME", width: 13, sort: { .number(Double($0.record.timestamp.milliseconds)) },
            text: { $0.timeText }),
        Column(
            "user", "USER", width: 16, minimum: 10, maximum: 28, drop: 2,
            text: { $0.user.isEmpty ? "–" : $0.user }),
        Column(
            "path", "PATH", width: 4, drop: 3,
            search: { "\($0.path?.shortWord ?? "") \($0.path?.rawValue ?? "")" },
            text: { $0.path?.shortWord ?? AgeText.none }),
        Column("event", "EVENT", width: 16, maximum: 25, severity: { $0.severity }, text: { $0.word }),
        Column("detail", "DETAIL", width: 40, minimum: 12, text: { $0.detail }),
        Column(
            "session", "SESSION", width: 8, drop: 5, search: { $0.session }, text: { IDText.tail($0.session) }
        ),
        Column(
            "seq", "SEQ", width: 5, drop: 4, alignment: .right, sort: { .count($0.record.sequence) },
            text: { $0.record.sequence.map(String.init) ?? AgeText.none }),
        Column("backend", "BACKEND", width: 12, drop: 6, text: { $0.backendName }),
    ]
}
