import PatternDetection
import WireProtocol

extension TriageRule {
    private static let openings = RuleLimit.count(
        "reconnect-loop", "openings", 6,
        source: "a capped, jittered retry makes at most 5 in its first minute")
    private static let within = RuleLimit.time(
        "reconnect-loop", "within", .seconds(60), source: "signature T22 counts per minute")

    /// A user's client connects again and again.
    static let reconnectLoop = TriageRule(
        id: "reconnect-loop", checks: "One user opens connection after connection on a WebSocket path.",
        threshold: "6 sessions of one user within 60 s", source: "issue 6; signature T22",
        advice: "Give the connection one owner in the client, and retry with backoff and jitter.",
        severity: .warning, urgency: .error, limits: [openings, within],
        rows: "each user with the number of sessions, and the time of the last one",
        silence: "many users who connect once each; a probe; jobs, which are one session each by design"
    ) { view in
        view.churning(atLeast: view.number(openings), within: view.time(within)) {
            $0 == .websocket
        }.map { path, rows in
            Observation(
                .path(path),
                "\(path): \(CountText.plural(rows.count, "user")) connect again and again, "
                    + rows[0].evidence.value,
                evidence: rows, since: nil)
        }
    }
}

extension BackendView {
    /// The users who open sessions too often, by path, on paths of a kind; the busiest first.
    func churning(
        atLeast limit: Int64, within: Duration,
        _ isMeant: (ConsumerPath.Kind?) -> Bool
    ) -> [(ConsumerPath, [EvidenceRecord])] {
        var byPath: [ConsumerPath: [(count: Int, row: EvidenceRecord)]] = [:]
        for (key, moments) in backend.memory.openings where moments.count >= limit {
            let names = key.split(separator: "\n", maxSplits: 1).map(String.init)
            let path = ConsumerPath(rawValue: names[0])
            guard names.count == 2, isMeant(path.kind) else { continue }
            let recent = moments.count { !isOlder($0, than: within) }
            guard recent >= limit else { continue }
            let row = ConsoleState.row(
                "sessions_opened", "\(names[1]) \(recent) times in \(AgeText.exact(within))", "events",
                at: moments.last)
            byPath[path, default: []].append((recent, row))
        }
        return byPath.sorted { $0.key < $1.key }.map { path, rows in
            let ordered = rows.sorted {
                $0.count == $1.count ? $0.row.evidence.value < $1.row.evidence.value : $0.count > $1.count
            }
            return (path, ordered.prefix(20).map(\.row))
        }
    }
}
