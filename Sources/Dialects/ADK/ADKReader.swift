import WireProtocol

/// Reads an ADK server: its apps, the sessions of some users in each, and the events of those that changed.
///
/// Routes as google-adk 2.13 answers them: `GET /list-apps`,
/// `GET /apps/{app}/users/{user}/sessions[/{id}]`, `GET /version`.
struct ADKReader: PolledReader, UserScopedReader {
    /// How many lists are asked for: apps times users.
    private static let maximumLists = 128
    /// How many sessions' events are asked for at a time.
    private static let maximumRequests = 24
    /// Of how many sessions the events are read.
    private static let maximumFollowed = 1_000

    private static let apps = DialectRequest("/list-apps", .every(.seconds(30)))
    private static let about = DialectRequest("/version", .once)

    var users: [String] = []
    var ledger = ReadLedger()

    private struct List {
        let user: String
        let app: String
        /// When it was read last; nil before.
        var readAt: Timestamp?
        var wasTried = false
        var rows = 0
        /// How many of the rows have no id.
        var refused = 0
    }

    private var version: String?
    private var names: [String]?
    /// By path.
    private var lists: [String: List] = [:]
    /// By the path of the session.
    private var sessions: [String: ADKSession] = [:]
    /// Whose each session id is; ADK's are unique within an app and a user only.
    private var owners: [String: String] = [:]
    private var chains: [String: ADKChains] = [:]
    /// The sessions whose events must be read, in order.
    private var queue: ArraySlice<String> = []
    private var told = StoredRuns()
    private var pace = SnapshotPace()

    var requests: [DialectRequest] {
        [Self.apps, Self.about] + lists.sorted { $0.key < $1.key }.map { listRequest($0.key, $0.value) }
            + queue.lazy.filter { sessions[$0]?.isStale ?? false }.prefix(Self.maximumRequests)
            .map { DialectRequest($0, .every(.seconds(2))) }
    }

    /// A list of thousands of sessions is a megabyte, so it is asked for less often.
    private func listRequest(_ path: String, _ list: List) -> DialectRequest {
        DialectRequest(path, .every(.seconds(list.rows > 1_000 ? 15 : 2)))
    }

    /// Puts the sessions in order whose events must be read: those at work, then the newest change.
    private mutating func order() {
        func rank(_ session: ADKSession) -> (Int, Int64) {
            (session.record.state == .idle ? 0 : 1, session.record.lastEventAt?.milliseconds ?? 0)
        }
        let sorted = sessions.filter(\.value.isStale).sorted { first, second in
            let (one, other) = (rank(first.value), rank(second.value))
            return one == other ? first.key < second.key : one > other
        }
        let room = Self.maximumFollowed - sessions.values.count(where: \.wasRead)
        let again = sorted.filter(\.value.wasRead)
        let first = sorted.filter { !$0.value.wasRead }.prefix(max(0, room))
        queue = (again + first).map(\.key)[...]
    }

    func part(of request: DialectRequest) -> Coverage.Part? {
        if request == Self.about { return nil }
        return request == Self.apps || lists[request.path] != nil ? .sessions : .runs
    }

    mutating func take(_ json: JSONValue, of request: DialectRequest, at moment: Timestamp)
        throws(UnreadableAnswer) -> [Message]
    {
        if request == Self.about {
            version = json["version"]?.string
            return []
        }
        if request == Self.apps { return try takeApps(json, at: moment) }
        if lists[request.path] != nil { return try takeSessions(json, of: request.path, at: moment) }
        guard json["events"]?.array != nil else { throw UnreadableAnswer("the answer lists no events") }
        sessions[request.path]?.take(json, at: moment)
        while let first = queue.first, !(sessions[first]?.isStale ?? false) { queue.removeFirst() }
        return judge([request.path], at: moment) + snapshots(at: moment)
    }

    /// A session that was deleted disappears; a list that is not there is a failure.
    mutating func takeAbsence(of request: DialectRequest, at moment: Timestamp) -> [Message]? {
        guard sessions[request.path] != nil else {
            return request == Self.apps || lists[request.path] != nil ? nil : []
        }
        return remove([request.path], at: moment) + snapshots(at: moment)
    }

    mutating func takeFailure(of request: DialectRequest, at moment: Timestamp) -> [Message] {
        lists[request.path]?.wasTried = true
        return lists[request.path] == nil ? [] : snapshots(at: moment)
    }

    private mutating func takeApps(_ json: JSONValue, at moment: Timestamp) throws(UnreadableAnswer)
        -> [Message]
    {
        guard let rows = json.array else { throw UnreadableAnswer("the answer lists no apps") }
        let found = rows.compactMap(\.string)
        guard found != names else { return [] }
        names = found
        var wanted: [String: List] = [:]
        for app in found {
            for user in users.isEmpty ? Self.standardUsers : users {
                guard let part = URLPart.encoded(app), let whose = URLPart.encoded(user) else { continue }
                guard wanted.count < Self.maximumLists else { break }
                let path = "/apps/\(part)/users/\(whose)/sessions"
                wanted[path] = lists[path] ?? List(user: user, app: app)
            }
        }
        var messages: [Message] = []
        for path in lists.keys where wanted[path] == nil {
            messages += ledger.recover(.sessions, "GET " + path)
        }
        lists = wanted
        let paths = sessions.keys.filter { lists[Self.list(of: $0)] == nil }
        messages += remove(paths, at: moment)
        return messages + snapshots(at: moment)
    }

    private static func list(of session: String) -> String {
        session.lastIndex(of: "/").map { String(session[..<$0]) } ?? ""
    }

    private mutating func takeSessions(_ json: JSONValue, of path: String, at moment: Timestamp)
        throws(UnreadableAnswer) -> [Message]
    {
        guard let list = lists[path], let rows = json.array else {
            throw UnreadableAnswer("the answer lists no sessions")
        }
        var listed: Set<String> = []
        var refused = 0
        for row in rows {
            guard let id = row["id"]?.string, let part = URLPart.encoded(id) else {
                refused += 1
                continue
            }
            let key = path + "/" + part
            listed.insert(key)
            var session = sessions[key] ?? meet(id, of: row["userId"]?.string ?? list.user, at: key)
            if session.updated != row["lastUpdateTime"] {
                session.unseenAt = list.readAt
                session.updated = row["lastUpdateTime"]
            }
            if let at = PlausibleTime.timestamp(row["lastUpdateTime"], now: moment) {
                session.record.lastEventAt = max(session.record.lastEventAt ?? at, at)
                session.record.since = session.record.since ?? at
            }
            sessions[key] = session
        }
        lists[path]?.readAt = moment
        lists[path]?.wasTried = true
        lists[path]?.rows = rows.count
        lists[path]?.refused = refused
        let gone = sessions.keys.filter { Self.list(of: $0) == path && !listed.contains($0) }
        var messages = remove(gone, at: moment)
        order()
        // What only time can end is looked at as often as the list.
        messages += judge(listed.filter { sessions[$0]?.isMoving ?? false }.sorted(), at: moment)
        return messages + snapshots(at: moment, isDue: true)
    }

    private mutating func meet(_ id: String, of user: String, at key: String) -> ADKSession {
        let isTaken = owners[id].map { $0 != key } ?? false
        if !isTaken { owners[id] = key }
        let name = isTaken ? Self.list(of: key).dropFirst("/apps/".count) + "/" + id : Substring(id)
        return ADKSession(
            SessionRecord(id: SessionID(rawValue: String(name)), user: UserID(rawValue: user)))
    }

    private mutating func remove(_ paths: [String], at moment: Timestamp) -> [Message] {
        var messages: [Message] = []
        for path in paths {
            guard let session = sessions.removeValue(forKey: path) else { continue }
            if owners[session.record.id.rawValue] == path { owners[session.record.id.rawValue] = nil }
            messages += told.drop(session.runs, at: moment).messages
            messages += ledger.recover(.runs, "GET " + path)
        }
        return messages
    }

    /// Judges sessions anew and tells what is new of their runs.
    private mutating func judge(_ paths: [String], at moment: Timestamp) -> [Message] {
        var events: [OutgoingEvent] = []
        for path in paths {
            guard var session = sessions[path], session.wasRead else { continue }
            let app = lists[Self.list(of: path)]?.app ?? ""
            let runs = session.judge(chains: &chains[app, default: ADKChains()], at: moment)
            for event in runs.flatMap({ told.tell($0, unseenAt: session.unseenAt) }) {
                session.record.lastEventAt = max(
                    session.record.lastEventAt ?? event.timestamp, event.timestamp)
                events.append(event)
            }
            sessions[path] = session
        }
        return events.messages
    }

    /// What is known now; nothing before every list was asked for, for what is not listed would be gone.
    private mutating func snapshots(at moment: Timestamp, isDue: Bool = false) -> [Message] {
        guard names != nil, lists.values.allSatisfy(\.wasTried),
            lists.isEmpty || lists.values.contains(where: { $0.readAt != nil })
        else { return [] }
        var server = BackendSnapshot(name: "adk")
        server.version = version
        let isCut = (names?.count ?? 0) * max(1, users.count) > lists.count
        var listed: Coverage.Listed?
        let refused = lists.values.reduce(0) { $0 + $1.refused }
        if users.isEmpty || isCut || refused > 0 {
            let isCounted = !users.isEmpty && !isCut
            listed = .init(
                read: sessions.count, total: isCounted ? sessions.count + refused : nil,
                missesUrgent: isCut || refused > 0,
                remedy: users.isEmpty ? Self.naming : nil)
        }
        let shown = SnapshotPace.Lists(
            sessions: sessions.values.map { ($0.record, $0.runs) },
            unread: sessions.values.count { !$0.wasRead }, roundSize: Self.maximumRequests, listed: listed)
        return pace.messages(
            of: shown, in: server, "adk", Self.coverage(users: users), isDue: isDue, at: moment)
    }
}
