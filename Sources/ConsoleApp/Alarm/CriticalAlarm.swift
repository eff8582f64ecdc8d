import ConsoleModel
import PatternDetection
import WireProtocol

/// Tells which findings are newly critical, once each: what the bell and the command hook are about.
struct CriticalAlarm {
    private var watch = FindingWatch()
    /// The backends that were known before; what holds when a console first hears of one is no news.
    private(set) var known: Set<BackendKey> = []

    /// The findings that became critical since the last question and that nobody has seen to.
    mutating func raised(in state: ConsoleState) -> [FindingRow] {
        let changes = watch.changes(in: state)
        defer {
            for backend in state.backends
            where backend.reception.hasSnapshot || backend.health.receivedAt != nil {
                known.insert(backend.key)
            }
        }
        return changes.filter { change in
            change.turn != .cleared && change.row.finding.severity == .critical
                && change.row.standing == .open
                && known.contains(change.row.finding.backend)
        }
        .map(\.row)
    }
}
