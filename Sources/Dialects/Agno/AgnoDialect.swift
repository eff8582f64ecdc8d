import WireProtocol

extension Dialect {
    /// Agno's AgentOS: its session database, read over HTTP.
    public static let agno = Dialect(
        "agno", healthPaths: ["/health"], probes: ["/info"],
        coverage: Coverage(
            missing: [
                .patterns: "AgentOS does not say how an agent gets its tools; \(Coverage.embedding)",
                .dispatchers: "AgentOS names no dispatcher; \(Coverage.embedding)",
            ],
            notes: [
                "events: read from stored runs, so a run appears when AgentOS has stored it; live ones pass "
                    + "`ctxtop listen` or `ctxtop proxy`",
                "with a security key, give it by --token-file",
            ]), reader: { AgnoReader() }
    ) { sighting in
        sighting.json("/info")?["agno_version"] != nil
    }
}

/// Reads AgentOS: the sessions of agents, teams and workflows, and the runs of those that changed.
///
/// Routes as agno 3.1 answers them: `GET /info`, `GET /sessions?type=…`, `GET /sessions/{id}/runs?type=…`.
struct AgnoReader: PolledReader {
    /// How many sessions of each kind are listed, the one that changed last first.
    private static let pageSize = 100
    /// How many sessions' runs are read.
    private static let maximumFollowed = 24

    private static let info = DialectRequest("/info", .once)
    private static let lists = ["agent", "team", "workflow"].map { kind in
        DialectRequest(
            "/sessions?type=\(kind)&limit=\(pageSize)&sort_by=updated_at&sort_order=desc", .every(.seconds(3))
        )
    }

    private struct Session {
        var record: SessionRecord
        let kind: String
        let updated: String
        var readAt: String?
        var runs: [RunRecord] = []
    }

    private var version: String?
    private var sessions: [String: Session] = [:]
    private var newest: [String: [String]] = [:]
    private var told = StoredRuns()

    var requests: [DialectRequest] {
        let stale = newest.values.flatMap { $0.prefix(Self.maximumFollowed) }.compactMap { sessions[$0] }
            .filter { $0.readAt != $0.updated || $0.runs.contains { $0.state == .open } }
        let runs = stale.compactMap { session -> DialectRequest? in
            guard let id = URLPart.encoded(session.record.id.rawValue) else { return nil }
            return DialectRequest("/sessions/\(id)/runs?type=\(session.kind)", .every(.seconds(3)))
        }
        return [Self.info] + Self.lists + runs.sorted { $0.path < $1.path }
    }

    mutating func take(_ json: JSONValue, of request: DialectRequest) -> [Message] {
        if request == Self.info {
            version = json["agno_version"]?.string
            return []
        }
        if Self.lists.contains(request) { return takeSessions(json, of: request) }
        return takeRuns(json, of: request)
    }

    private mutating func takeSessions(_ json: JSONValue, of request: DialectRequest) -> [Message] {
        guard let rows = json["data"]?.array else {
            return [.refused(what: request.path, reason: "the answer lists no sessions")]
        }
        let kind = String(request.path.split(separator: "=")[1].prefix { $0 != "&" })
        let before = newest[kind] ?? []
        newest[kind] = rows.prefix(Self.pageSize).compactMap { $0["session_id"]?.string }
        for row in rows {
            guard let id = row["session_id"]?.string else { continue }
            let user = row["user_id"]?.string ?? ""
            var record = SessionRecord(id: SessionID(rawValue: id), user: UserID(rawValue: user))
            let updated = row["updated_at"]?.string ?? row["updated_at"]?.text ?? ""
            record.lastEventAt = StoredRuns.time(row["updated_at"])
            record.since = record.lastEventAt
            let known = sessions[id]
            record.runs = known?.runs.count ?? 0
            record.state = known?.runs.contains { $0.state == .open } == true ? .running : .idle
            sessions[id] = Session(
                record: record, kind: kind, updated: updated, readAt: known?.readAt, runs: known?.runs ?? [])
        }
        if rows.count < Self.pageSize {
            let listed = Set(newest[kind] ?? [])
            for id in before where !listed.contains(id) { sessions[id] = nil }
        }
        return [.snapshot(snapshot)]
    }

    private mutating func takeRuns(_ json: JSONValue, of request: DialectRequest) -> [Message] {
        let key = sessions.keys.first { key in
            URLPart.encoded(key).map { request.path.hasPrefix("/sessions/\($0)/runs") } ?? false
        }
        guard let key, var session = sessions[key], let rows = json.array else {
            return [.refused(what: request.path, reason: "the answer lists no runs")]
        }
        var events: [OutgoingEvent] = []
        session.readAt = session.updated
        session.runs = []
        for row in rows {
            guard let run = row["run_id"]?.string else { continue }
            var record = RunRecord(id: RunID(rawValue: run))
            record.session = session.record.id
            record.user = session.record.user.rawValue.isEmpty ? nil : session.record.user
            record.agent = ["agent_id", "team_id", "workflow_id"].compactMap { row[$0]?.string }.first
            record.state = Self.state(row["status"]?.string)
            events += told.tell(StoredRun(agno: row, record))
            session.runs.append(record)
        }
        sessions[key] = session
        return events.messages + [.snapshot(snapshot)]
    }

    /// Run states of agno: PENDING, RUNNING, PAUSED, COMPLETED, CANCELLED, ERROR.
    private static func state(_ status: String?) -> RunRecord.State {
        switch status?.uppercased() {
        case "PENDING", "RUNNING", "PAUSED": .open
        case "COMPLETED": .completed
        case "CANCELLED": .cancelled
        case "ERROR": .failed
        default: .unknown
        }
    }

    private var snapshot: BackendSnapshot {
        var snapshot = BackendSnapshot(name: "agentos")
        snapshot.version = version
        for session in sessions.values.sorted(by: { $0.record.id < $1.record.id }) {
            snapshot.sessions.append(session.record)
            snapshot.runs += session.runs
        }
        return snapshot
    }
}
