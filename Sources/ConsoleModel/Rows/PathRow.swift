import PatternDetection
import WireProtocol

/// One consumer path: detected, expected and last outcome, side by side and never merged.
public struct PathRow: TableRow {
    /// Which path.
    public let key: PathKey
    /// The name of its backend.
    public let backendName: String
    /// What was received about it.
    public let record: PathRecord
    /// How we judge it.
    public let judgement: Judgement
    /// The declared target; `--expect` wins over the wire.
    public let expected: Verdict
    /// Whether anything declared the path.
    public let isDeclared: Bool
    /// The worst finding about it.
    public let severity: Severity?
    /// Since when it is judged like this, as far as was seen.
    public let judgedFor: Duration?
    /// How long ago the last creation was.
    public let outcomeAge: Duration?
    /// Creations of the last ten minutes that succeeded; nil when no creation was seen.
    public let succeeded: Int?
    /// Creations of the last ten minutes that failed; nil when no creation was seen.
    public let failed: Int?
    /// Its live sessions by what they do.
    public let sessions: SessionCounts

    /// How many live sessions there are, and what they do.
    public struct SessionCounts: Hashable, Sendable {
        /// All live ones.
        public var all = 0
        /// Those that run.
        public var running = 0
        /// Those that are stuck.
        public var stuck = 0
        /// Those in error.
        public var error = 0
        /// The different users.
        public var users = 0
    }

    /// What a selection keeps.
    public var rowID: RowID { .path(key) }
    /// Whether the sender's verdict differs from ours.
    public var isDisputed: Bool { record.detected != judgement.verdict }
    /// The glyph of its state: a failing creation is worse than its pattern.
    public var glyph: String { worst.glyph }
    /// Pattern and last outcome together, for the colour.
    public var worst: Severity {
        record.lastOutcome.status == .error ? .critical : judgement.verdict.severity
    }
    /// Glyph, word and age: `✕ error 2s`, `● ok 1s`, `·`.
    public var outcomeText: String {
        let glyph =
            switch record.lastOutcome.status {
            case .ok: "● "
            case .error: "✕ "
            case .fallback: "▲ "
            case .none: ""
            }
        guard record.lastOutcome.status != .none else { return AgeText.none }
        return glyph + record.lastOutcome.status.rawValue + (outcomeAge.map { " " + AgeText.age($0) } ?? "")
    }
    /// The columns, left to right.
    public static var columns: [Column<PathRow>] { PathColumns.all }
}

extension ConsoleState {
    /// The paths view, in the order the backends declare them.
    public func pathTable() -> Table<PathRow> { table(pathRows(), view: .paths) }

    /// Every path of every backend.
    public func pathRows() -> [PathRow] {
        cachedRows(.paths) { backends.flatMap { makePathRows($0) } }
    }

    /// Every path of one backend.
    func pathRows(_ backend: BackendState) -> [PathRow] {
        pathRows().filter { $0.key.backend == backend.key }
    }

    private func makePathRows(_ backend: BackendState) -> [PathRow] {
        guard !backend.paths.values.isEmpty else { return [] }
        // There are few paths and many sessions: looking through an array is faster than hashing.
        var tallies: [(path: Symbol, counts: PathRow.SessionCounts, users: [UInt32])] = []
        for session in backend.sessions.values where !session.isEnded {
            let known = tallies.firstIndex { $0.path == session.path }
            let place = known ?? tallies.count
            if known == nil { tallies.append((session.path, .init(), [])) }
            let (state, _) = derivedState(session, backend.openRun(session.lastRun), of: backend)
            tallies[place].counts.all += 1
            if state == .running { tallies[place].counts.running += 1 }
            if state == .stuck { tallies[place].counts.stuck += 1 }
            if state == .error { tallies[place].counts.error += 1 }
            tallies[place].users.append(session.user.rawValue)
        }
        return backend.paths.values.map { path in
            let symbol = symbols.find(path.record.path.rawValue) ?? .none
            guard let tally = tallies.first(where: { $0.path == symbol }) else {
                return row(path, of: backend, .init())
            }
            var sessions = tally.counts
            let users = tally.users.sorted()
            sessions.users = zip(users, users.dropFirst()).count { $0 != $1 } + 1
            return row(path, of: backend, sessions)
        }
    }

    private func row(_ path: PathState, of backend: BackendState, _ sessions: PathRow.SessionCounts)
        -> PathRow
    {
        let now = now(of: backend)
        let recent = path.recentOutcomes(now: now)
        let wasCounted = !path.outcomes.isEmpty
        let subject = Subject.path(path.record.path)
        return PathRow(
            key: PathKey(backend: backend.key, id: path.record.path), backendName: backend.name,
            record: path.record, judgement: path.judgement, expected: expected(path),
            isDeclared: path.isDeclared,
            severity: findings.first { $0.backend == backend.key && $0.subject == subject }?.severity,
            judgedFor: path.judgedSince.map { now.since($0) },
            outcomeAge: path.record.lastOutcome.at.map { now.since($0) },
            succeeded: wasCounted ? recent.succeeded : nil, failed: wasCounted ? recent.failed : nil,
            sessions: sessions)
    }
}
