import WireProtocol

/// Reads AgentOS: the sessions of agents, teams and workflows, and the runs of those that changed.
///
/// Routes as agno 3.1 answers them: `GET /info`, `GET /config`, `GET /sessions?type=…`,
/// `GET /sessions/{id}/runs?type=…`.
struct AgnoReader: PolledReader {
    /// Of how many sessions the runs are asked for at a time: of those that changed, and of those at work.
    private static let maximumChanged = 24
    private static let maximumBusy = 48
    /// How often runs are read after a change: a second change within the same second has the same date.
    private static let readsAfterChange = 2

    private static let info = DialectRequest("/info", .once)
    private static let configuration = DialectRequest("/config", .every(.seconds(60)))
    private static let kinds = ["agent", "team", "workflow"]

    private struct Session {
        var record: SessionRecord
        let kind: String
        let database: String?
        var updated: JSONValue?
        var readsLeft = AgnoReader.readsAfterChange
        var wasRead = false
        var runs: [RunRecord] = []
        /// How many rows of its runs could not be read.
        var refusedRuns = 0

        /// Whether its runs change without a new date of the session.
        var isBusy: Bool { record.state == .running }
        /// Whether they must be read because the session has changed.
        var wantsReading: Bool { readsLeft > 0 && !isBusy }

        var path: String? {
            URLPart.encoded(record.id.rawValue).map { part in
                let database = database.flatMap({ URLPart.encoded($0) }).map { "&db_id=" + $0 } ?? ""
                return "/sessions/\(part)/runs?type=\(kind)" + database
            }
        }
    }

    var ledger = ReadLedger()
    private var version: String?
    private var lists = kinds.map { AgnoList(kind: $0, database: nil) }
    /// By the path of their runs.
    private var sessions: [String: Session] = [:]
    /// The sessions that must be read, in order, and those that are read for as long as they are at work.
    private var queue: ArraySlice<String> = []
    private var busy: Set<String> = []
    private var told = StoredRuns()
    private var pace = SnapshotPace()

    var requests: [DialectRequest] {
        let runs = queue.prefix(Self.maximumChanged) + busy.sorted().prefix(Self.maximumBusy)
        return [Self.info, Self.configuration] + lists.flatMap { $0.requests.map(\.request) }
            + runs.map { DialectRequest($0, .every(.seconds(3))) }
    }

    /// Puts the sessions in order whose runs must be read: those that were never read, then the newest change.
    private mutating func order() {
        let wanted = sessions.filter(\.value.wantsReading).sorted { first, second in
            let (one, other) = (first.value, second.value)
            if one.wasRead != other.wasRead { return other.wasRead }
            let (at, otherAt) = (one.record.lastEventAt, other.record.lastEventAt)
            return at == otherAt
                ? first.key < second.key : at?.milliseconds ?? 0 > otherAt?.milliseconds ?? 0
        }
        queue = wanted.map(\.key)[...]
    }

    func part(of request: DialectRequest) -> Coverage.Part? {
        if request == Self.info || request == Self.configuration { return nil }
        return sessions[request.path] == nil ? .sessions : .runs
    }

    func address(of request: DialectRequest) -> String {
        guard let place = place(of: request) else { return "GET " + request.path }
        let database = lists[place.list].database.map { "&db_id=\($0)" } ?? ""
        let page = place.page > 1 ? "&page=\(place.page)" : ""
        return "GET /sessions?type=\(lists[place.list].kind)" + database + page
    }

    private func place(of request: DialectRequest) -> (list: Int, page: Int)? {
        for (index, list) in lists.enumerated() {
            if let found = list.requests.first(where: { $0.request == request }) {
                return (index, found.page)
            }
        }
        return nil
    }

    mutating func take(_ json: JSONValue, of request: DialectRequest, at moment: Timestamp)
        throws(UnreadableAnswer) -> [Message]
    {
        if request == Self.info {
            version = json["agno_version"]?.string
            return []
        }
        if request == Self.configuration { return takeDatabases(json, at: moment) }
        if let place = place(of: request) {
            return try takeSessions(json, of: place.list, page: place.page, at: moment)
        }
        guard sessions[request.path] != nil else { return [] }
        return try takeRuns(json, of: request.path, at: moment)
    }

    /// A session that was deleted disappears; a list that is not there is a failure.
    mutating func takeAbsence(of request: DialectRequest, at moment: Timestamp) -> [Message]? {
        guard sessions[request.path] != nil else {
            // A session that the list no longer has may still be asked for.
            let isOfSession = place(of: request) == nil && ![Self.info, Self.configuration].contains(request)
            return isOfSession ? [] : nil
        }
        return remove(request.path, at: moment) + snapshots(at: moment)
    }

    private mutating func remove(_ key: String, at moment: Timestamp) -> [Message] {
        let runs = sessions.removeValue(forKey: key)?.runs ?? []
        busy.remove(key)
        queue.removeAll { $0 == key }
        return told.drop(runs, at: moment).messages + ledger.recover(.runs, "GET " + key)
    }

    mutating func takeFailure(of request: DialectRequest, at moment: Timestamp) -> [Message] {
        guard let place = place(of: request) else { return [] }
        lists[place.list].wasTried = true
        return snapshots(at: moment)
    }

    /// Several databases are asked one by one; without a name AgentOS refuses to choose.
    private mutating func takeDatabases(_ json: JSONValue, at moment: Timestamp) -> [Message] {
        let found = (json["session"]?["dbs"]?.array ?? []).compactMap { $0["db_id"]?.string }
        let databases: [String?] = found.count > 1 ? Array(found.prefix(16)) : [nil]
        let wanted = databases.flatMap { database in Self.kinds.map { (database, $0) } }
        guard !wanted.elementsEqual(lists, by: { $0.0 == $1.database && $0.1 == $1.kind }) else { return [] }
        let messages = lists.flatMap(\.requests).flatMap {
            ledger.recover(.sessions, address(of: $0.request))
        }
        lists = wanted.map { AgnoList(kind: $0.1, database: $0.0) }
        let others = sessions.filter { !databases.contains($0.value.database) }
        return messages + others.keys.flatMap { remove($0, at: moment) }
    }

    private mutating func takeSessions(
        _ json: JSONValue, of list: Int, page: Int, at moment: Timestamp
    ) throws(UnreadableAnswer) -> [Message] {
        guard let rows = json["data"]?.array else { throw UnreadableAnswer("the answer lists no sessions") }
        var listed: [String] = []
        for row in rows {
            guard let id = row["session_id"]?.string else { continue }
            let user = UserID(rawValue: row["user_id"]?.string ?? "")
            var session = Session(
                record: SessionRecord(id: SessionID(rawValue: id), user: user), kind: lists[list].kind,
                database: lists[list].database)
            guard let key = session.path else { continue }
            listed.append(key)
            if let known = sessions[key] { session = known }
            if session.updated != row["updated_at"] {
                session.updated = row["updated_at"]
                session.readsLeft = Self.readsAfterChange
            }
            if let at = PlausibleTime.timestamp(row["updated_at"], now: moment) {
                if sessions[key] == nil, moment.since(at) > .seconds(60) { session.readsLeft = 1 }
                session.record.lastEventAt = max(session.record.lastEventAt ?? at, at)
                session.record.since = session.record.since ?? at
            }
            sessions[key] = session
        }
        let total = json["meta"]?["total_count"]?.count
        lists[list].wasTried = true
        var messages: [Message] = []
        let refused = rows.count - listed.count
        for key in lists[list].take(listed, page: page, total: total, refused: refused) {
            if lists[list].isOnePage {
                messages += remove(key, at: moment)
            } else {
                sessions[key]?.readsLeft = 1
            }
        }
        order()
        return messages + snapshots(at: moment, isDue: page == 1)
    }

    private mutating func takeRuns(_ json: JSONValue, of key: String, at moment: Timestamp)
        throws(UnreadableAnswer) -> [Message]
    {
        guard var session = sessions[key], let rows = json.array else {
            throw UnreadableAnswer("the answer lists no runs")
        }
        session.readsLeft = max(0, session.readsLeft - 1)
        session.wasRead = true
        let runs = rows.compactMap { AgnoRun(json: $0, of: session.record, at: moment) }
        let events = runs.flatMap { told.tell($0.stored, unseenAt: nil) }
        session.runs = runs.map(\.stored.record)
        session.refusedRuns = rows.count - runs.count
        session.record.runs = runs.count
        let last = events.map(\.timestamp).max() ?? session.record.lastEventAt
        session.record.lastEventAt = max(last ?? moment, session.record.lastEventAt ?? last ?? moment)
        let state = Self.state(of: runs)
        if session.record.state != state { session.record.since = last }
        session.record.state = state
        sessions[key] = session
        if session.isBusy { busy.insert(key) } else { busy.remove(key) }
        // A second reading is due after the next list, seconds later.
        if let place = queue.firstIndex(of: key) { queue.remove(at: place) }
        return events.messages + snapshots(at: moment)
    }

    /// A session is what its last run is, or what runs beside it.
    private static func state(of runs: [AgnoRun]) -> SessionRecord.State {
        let own = runs.contains { !$0.isPartOfAnother } ? runs.filter { !$0.isPartOfAnother } : runs
        if own.contains(where: { $0.stored.record.state == .open && !$0.isPaused }) { return .running }
        guard let last = own.last else { return .idle }
        if last.isPaused { return .waiting }
        switch last.stored.record.state {
        case .failed: return .error
        case .unknown: return .unknown
        case .open, .completed, .cancelled, .lost: return .idle
        }
    }

    /// What is known now; nothing before every list was asked for, for what is not listed would be gone.
    private mutating func snapshots(at moment: Timestamp, isDue: Bool = false) -> [Message] {
        guard lists.allSatisfy(\.wasTried), lists.contains(where: { $0.total != nil }) else { return [] }
        var server = BackendSnapshot(name: "agentos")
        server.version = version
        let shown = SnapshotPace.Lists(
            sessions: sessions.values.map { ($0.record, $0.runs) },
            unread: sessions.values.count { !$0.wasRead }, roundSize: Self.maximumChanged, listed: listed,
            refusedRuns: sessions.values.reduce(0) { $0 + $1.refusedRuns })
        return pace.messages(of: shown, in: server, "agno", Self.coverage, isDue: isDue, at: moment)
    }

    /// How many of the sessions were listed; nil when all were.
    private var listed: Coverage.Listed? {
        let refused = lists.reduce(0) { $0 + $1.refused }
        guard refused > 0 || lists.contains(where: { $0.isCut || !$0.isRead }) else { return nil }
        let total = lists.reduce(0) { $0 + ($1.total ?? 0) }
        let isCounted = lists.allSatisfy { $0.total != nil }
        return .init(
            read: sessions.count, total: isCounted ? max(total, sessions.count + refused) : nil,
            missesUrgent: true)
    }
}
