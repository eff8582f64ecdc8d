import PatternDetection
import WireProtocol

/// One line of the sessions view.
public struct SessionRow: TableRow {
    /// Which session.
    public let key: SessionKey
    /// The worst finding about it, its runs, its dispatcher or its path.
    public let severity: Severity?
    /// Whose.
    public let user: String
    /// 2 for a user's second session at the same time.
    public let ordinal: Int
    /// What it does; `stuck` is derived here.
    public let state: SessionRecord.State
    /// For how long.
    public let since: Duration?
    /// Which path it came in by.
    public let path: ConsumerPath?
    /// The service that it belongs to; nil where the source names none.
    public let service: String?
    /// How we judge that path.
    public let verdict: Verdict
    /// The tool that executes, if one does.
    public let tool: String?
    /// For how long.
    public let toolElapsed: Duration?
    /// What its last run has sent.
    public let ledger: EventLedger
    /// How long ago its last event was.
    public let last: Duration?
    /// How long ago it was opened.
    public let age: Duration?
    /// How many runs it has had.
    public let runs: Int
    /// The name of its backend.
    public let backendName: String
    /// How long its finished runs took.
    let finished: [FinishedRun]
    /// When the row was made.
    let now: Timestamp

    /// P95 of its runs that finished in the last five minutes; counted only for rows that show or sort it.
    public var p95: Duration? { Percentile.p95(finished, now: now) }
    /// What a selection keeps.
    public var rowID: RowID { .session(key) }
    /// The user, with `#2` for a second session; a dash where the source names nobody.
    public var userText: String { user.isEmpty ? "–" : ordinal > 1 ? "\(user) #\(ordinal)" : user }
    /// Glyph, word and since: `● running 2s`.
    public var stateText: String {
        "\(state.glyph) \(state.rawValue)" + (since.map { " " + AgeText.age($0) } ?? "")
    }
    /// Tool and elapsed: `sql_query 40s`, or a dash.
    public var toolText: String {
        guard let tool else { return "–" }
        return toolElapsed.map { "\(tool) \(AgeText.age($0))" } ?? tool
    }
    /// The columns, left to right.
    public static var columns: [Column<SessionRow>] { SessionColumns.all }
    /// Sessions can be grouped by everything.
    public func group(by grouping: Grouping) -> String? {
        switch grouping {
        case .user: user
        case .path: path?.rawValue
        case .pattern: verdict.longWords
        case .backend: backendName
        }
    }
}

extension ConsoleState {
    /// The sessions view: by need, then state, then user, unless another column was chosen.
    public func sessionTable() -> Table<SessionRow> { table(sessionRows(), view: .sessions) }

    /// Every session, the neediest first.
    func sessionRows() -> [SessionRow] { cachedRows(.sessions) { makeSessionRows() } }

    private func makeSessionRows() -> [SessionRow] {
        let severities = FindingSeverities(self)
        var rows: [SessionRow] = []
        for backend in backends {
            rows.reserveCapacity(rows.count + backend.sessions.count)
            for session in backend.sessions.values { rows.append(row(session, of: backend, severities)) }
        }
        // Keys are computed once a row: comparing rows themselves would touch every string.
        let ranks = rows.map { row in
            (row.severity.map { Severity.allCases.firstIndex(of: $0) ?? 0 } ?? 0) * -8 + row.state.rank
        }
        return derived.cache.sorted(rows.count) { first, second in
            if ranks[first] != ranks[second] { return ranks[first] < ranks[second] }
            if rows[first].user != rows[second].user { return rows[first].user < rows[second].user }
            if rows[first].ordinal != rows[second].ordinal {
                return rows[first].ordinal < rows[second].ordinal
            }
            let (one, other) = (rows[first].key.id, rows[second].key.id)
            return one == other ? first < second : one < other
        }.map { rows[$0] }
    }

    /// One session as a row.
    func row(
        _ session: SessionState, of backend: BackendState, _ severities: FindingSeverities
    ) -> SessionRow {
        let now = now(of: backend)
        let run = backend.openRun(session.lastRun)
        let tool = run?.tools.last
        let (state, since) = derivedState(session, run, of: backend)
        let path = session.path.isNone ? nil : ConsumerPath(rawValue: text(session.path))
        return SessionRow(
            key: key(ofSession: session.key, of: backend), severity: severities.of(session, backend.key),
            user: text(session.user), ordinal: session.ordinal, state: state,
            since: since.map { now.since($0) },
            path: path, service: session.service.isNone ? nil : text(session.service),
            verdict: backend.verdict(of: session.path),
            tool: tool.map { text($0.name) }, toolElapsed: tool.map { now.since($0.since) },
            ledger: session.ledger, last: session.times.lastEventAt.map { now.since($0) },
            age: session.times.openedAt.map { now.since($0) },
            runs: session.runCount, backendName: backend.name, finished: session.finished, now: now)
    }

    /// What a session does, and since when: what the events say, and what only silence tells.
    func derivedState(
        _ session: SessionState, _ run: RunState?, of backend: BackendState
    ) -> (SessionRecord.State, Timestamp?) {
        if !session.isEnded, backend.link.isDelivering, let run, let last = stalledSince(run, in: backend) {
            return (.stuck, last)
        }
        if !session.isEnded, let run,
            run.calls.cycle(repeats: Int(clamping: number(TriageRule.loopRepeats))) != nil
        {
            return (.looping, run.times.startedAt ?? session.times.since)
        }
        return (session.state, session.times.since)
    }
}

/// The worst finding by what it is about, made once for a whole table.
struct FindingSeverities {
    private var sessions: [SubjectKey: Severity] = [:]

    private struct SubjectKey: Hashable {
        let backend: BackendKey
        let symbol: OwnedSymbol
        let kind: UInt8
    }

    init(_ state: ConsoleState) {
        let symbols = state.symbols
        for finding in state.findings {
            guard let backend = state.backend(finding.backend) else { continue }
            let (found, kind): (OwnedSymbol?, UInt8)
            switch finding.subject {
            case .session(let id, let owner):
                found = backend.sessions.place(id, of: owner, symbols).map { backend.sessions.keys[$0] }
                kind = 0
            case .run(let id, let owner):
                found = backend.runs.place(id, of: owner, symbols).map { backend.runs.keys[$0] }
                kind = 1
            case .dispatcher(let id): (found, kind) = (symbols.find(id.rawValue).map { OwnedSymbol($0) }, 2)
            case .path(let path): (found, kind) = (symbols.find(path.rawValue).map { OwnedSymbol($0) }, 3)
            case .backend: continue
            }
            guard let symbol = found else { continue }
            let key = SubjectKey(backend: finding.backend, symbol: symbol, kind: kind)
            sessions[key] = max(sessions[key] ?? .notice, finding.severity)
        }
    }

    func of(_ session: SessionState, _ backend: BackendKey) -> Severity? {
        let waiting: Severity? = session.state == .waiting ? .notice : nil
        if sessions.isEmpty { return waiting }
        var worst = waiting
        func look(_ symbol: OwnedSymbol, _ kind: UInt8) {
            guard let found = sessions[SubjectKey(backend: backend, symbol: symbol, kind: kind)] else {
                return
            }
            worst = max(worst ?? found, found)
        }
        look(session.key, 0)
        look(session.lastRun, 1)
        look(OwnedSymbol(session.dispatcher), 2)
        // An ended session is nobody's need because its path is.
        if !session.isEnded { look(OwnedSymbol(session.path), 3) }
        return worst
    }
}
