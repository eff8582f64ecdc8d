import WireProtocol

extension Dialect {
    /// Google's ADK server (`adk api_server`, `adk web`): apps, and the sessions of a user that must be known.
    public static let adk = Dialect(
        "adk", healthPaths: ["/health"], probes: ["/list-apps"],
        coverage: Coverage(
            missing: [
                .patterns: "ADK does not say how an agent gets its tools; \(Coverage.embedding)",
                .dispatchers: "ADK names no dispatcher; \(Coverage.embedding)",
            ],
            notes: [
                "sessions: ADK lists them by user only; those of `\(ADKReader.user)`, which its own pages use, are "
                    + "read; others pass `ctxtop listen` or `ctxtop proxy`",
                "events: read from stored sessions every few seconds",
            ]), reader: { ADKReader() }
    ) { sighting in
        sighting.json("/list-apps")?.array?.allSatisfy { $0.string != nil } ?? false
    }
}

/// Reads an ADK server: its apps, the sessions of one user in each, and the events of those that changed.
///
/// Routes as google-adk 2.13 answers them: `GET /list-apps`,
/// `GET /apps/{app}/users/{user}/sessions[/{id}]`, `GET /version`.
struct ADKReader: PolledReader {
    /// The user of ADK's own pages; ADK has no route that lists users.
    static let user = "user"
    /// How many apps and how many sessions of each are followed.
    private static let maximumApps = 16
    private static let maximumSessions = 24

    private static let apps = DialectRequest("/list-apps", .every(.seconds(30)))
    private static let about = DialectRequest("/version", .once)

    private struct Session {
        var record: SessionRecord
        let updated: Double
        var readAt: Double?
        var runs: [RunRecord] = []
    }

    private var version: String?
    private var names: [String] = []
    /// By the path of the session.
    private var sessions: [String: Session] = [:]
    private var told = StoredRuns()

    private var lists: [DialectRequest] {
        names.prefix(Self.maximumApps).compactMap { name in
            URLPart.encoded(name).map {
                DialectRequest("/apps/\($0)/users/\(Self.user)/sessions", .every(.seconds(2)))
            }
        }
    }

    var requests: [DialectRequest] {
        let stale = sessions.filter { $0.value.readAt != $0.value.updated }
            .sorted { $0.value.updated > $1.value.updated }.prefix(Self.maximumSessions)
        return [Self.apps, Self.about] + lists + stale.map { DialectRequest($0.key, .every(.seconds(2))) }
    }

    mutating func take(_ json: JSONValue, of request: DialectRequest) -> [Message] {
        if request == Self.about {
            version = json["version"]?.string
            return []
        }
        if request == Self.apps {
            names = (json.array ?? []).compactMap(\.string)
            return []
        }
        if lists.contains(request) { return takeSessions(json.array ?? [], of: request) }
        return takeEvents(json, of: request)
    }

    private mutating func takeSessions(_ rows: [JSONValue], of request: DialectRequest) -> [Message] {
        var listed: Set<String> = []
        for row in rows.prefix(10_000) {
            guard let id = row["id"]?.string, let part = URLPart.encoded(id) else { continue }
            let path = request.path + "/" + part
            listed.insert(path)
            let user = row["userId"]?.string ?? Self.user
            var record = SessionRecord(id: SessionID(rawValue: id), user: UserID(rawValue: user))
            record.lastEventAt = StoredRuns.time(row["lastUpdateTime"])
            record.since = record.lastEventAt
            let known = sessions[path]
            record.runs = known?.runs.count ?? 0
            record.state = known?.runs.contains { $0.state == .open } == true ? .running : .idle
            sessions[path] = Session(
                record: record, updated: row["lastUpdateTime"]?.double ?? 0, readAt: known?.readAt,
                runs: known?.runs ?? [])
        }
        sessions = sessions.filter { !$0.key.hasPrefix(request.path + "/") || listed.contains($0.key) }
        return [.snapshot(snapshot)]
    }

    private mutating func takeEvents(_ json: JSONValue, of request: DialectRequest) -> [Message] {
        guard var session = sessions[request.path] else { return [] }
        session.readAt = session.updated
        var order: [String] = []
        var byRun: [String: [JSONValue]] = [:]
        for event in json["events"]?.array ?? [] {
            guard let run = event["invocationId"]?.string else { continue }
            if byRun[run] == nil { order.append(run) }
            byRun[run, default: []].append(event)
        }
        let runs = order.map { StoredRun(adk: byRun[$0] ?? [], id: $0, of: session.record) }
        session.runs = runs.map(\.record)
        let isOpen = session.runs.contains { $0.state == .open }
        session.record.state = isOpen ? .running : .idle
        sessions[request.path] = session
        let events = runs.flatMap { told.tell($0) }
        return events.messages + [.snapshot(snapshot)]
    }

    private var snapshot: BackendSnapshot {
        var snapshot = BackendSnapshot(name: "adk")
        snapshot.version = version
        for session in sessions.values.sorted(by: { $0.record.id < $1.record.id }) {
            snapshot.sessions.append(session.record)
            snapshot.runs += session.runs
        }
        return snapshot
    }
}

extension StoredRun {
    /// The events of one invocation: parts with functionCall, functionResponse or text, dated in seconds.
    init(adk events: [JSONValue], id: String, of session: SessionRecord) {
        var record = RunRecord(id: RunID(rawValue: id))
        record.session = session.id
        record.user = session.user
        record.agent = events.compactMap { $0["author"]?.string }.last { $0 != "user" }
        record.state = .open
        let failure = events.last?["errorMessage"]?.string ?? events.last?["errorCode"]?.string
        if failure != nil { record.state = .failed }
        // An agent's last word has text, and no call that waits for an answer.
        let last = events.last
        let parts = last?["content"]?["parts"]?.array ?? []
        let isAgents = last?["author"]?.string != "user" && last?["partial"]?.bool != true
        let hasText = parts.contains { $0["text"] != nil }
        let waits = parts.contains { $0["functionCall"] != nil || $0["functionResponse"] != nil }
        if failure == nil, isAgents, hasText, !waits { record.state = .completed }
        let start = events.first.flatMap { StoredRuns.time($0["timestamp"]) }
        self.init(record, startedAt: start ?? Timestamp(milliseconds: 0))
        error = failure
        for event in events {
            let at = StoredRuns.time(event["timestamp"]) ?? startedAt
            endedAt = max(endedAt ?? at, at)
            for part in event["content"]?["parts"]?.array ?? [] {
                if let call = part["functionCall"], let id = call["id"]?.string {
                    steps.append((.called(id: id, tool: call["name"]?.string ?? "tool"), at))
                } else if let id = part["functionResponse"]?["id"]?.string {
                    steps.append((.returned(id: id, failed: false), at))
                } else if part["text"] != nil, event["author"]?.string != "user" {
                    steps.append((.said(id: event["id"]?.string ?? "\(steps.count)"), at))
                }
            }
        }
    }
}
