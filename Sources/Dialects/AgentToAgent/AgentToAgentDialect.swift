import WireProtocol

extension Dialect {
    /// Agent2Agent 1.0: the tasks that an agent lists, followed by subscription.
    public static let agentToAgent = Dialect(
        "a2a", healthPaths: [AgentToAgentReader.card], probes: [AgentToAgentReader.card],
        coverage: Coverage(
            missing: [
                .patterns: "A2A does not say how an agent gets its tools; \(Coverage.embedding)",
                .dispatchers: "A2A names no dispatcher; \(Coverage.embedding)",
            ],
            notes: [
                "health: A2A has no health route; that the agent's card answers is all that is known",
                "events: a task's states and artifacts; A2A tells no tool call",
                "users: A2A names none; tasks are those that the token may see",
                "an agent of A2A 0.3 lists no tasks",
            ]), reader: { AgentToAgentReader() }
    ) { sighting in
        let card = sighting.path == AgentToAgentReader.card ? sighting.health.json : nil
        guard let card = card ?? sighting.json(AgentToAgentReader.card) else { return false }
        return card["name"]?.string != nil
            && (card["supportedInterfaces"]?.array != nil || card["protocolVersion"]?.string != nil)
    }
}

/// Reads an A2A agent: its card, its list of tasks, and a subscription to each task that is not over.
///
/// Shapes as a2a-sdk 1.3 answers them, over REST (`GET /tasks`, `GET /tasks/{id}:subscribe`) or
/// JSON-RPC (`ListTasks`); every request carries `A2A-Version: 1.0`.
struct AgentToAgentReader: DialectReader {
    static let card = "/.well-known/agent-card.json"
    /// How many tasks are subscribed to, and how many are remembered.
    private static let maximumStreams = 24
    private static let maximumTasks = 10_000

    private static let about = DialectRequest(card, .every(.seconds(60)))
    private static let version = ["a2a-version": "1.0"]

    /// How the agent is spoken to: the binding, and the path of its interface.
    private enum Interface: Equatable {
        case rest(String)
        case rpc(String)
    }

    private var name = "a2a"
    private var agentVersion: String?
    private var interface: Interface?
    private var tasks: [String: AgentTask] = [:]
    private var order: [String] = []

    private var list: DialectRequest? {
        switch interface {
        case .rest(let base):
            DialectRequest(base + "/tasks?pageSize=100", .every(.seconds(2)), headers: Self.version)
        case .rpc(let path):
            DialectRequest(
                path, .every(.seconds(2)),
                body: ["jsonrpc": "2.0", "id": 1, "method": "ListTasks", "params": ["pageSize": 100]],
                headers: Self.version)
        case nil: nil
        }
    }

    var requests: [DialectRequest] {
        var requests = [Self.about] + (list.map { [$0] } ?? [])
        guard case .rest(let base) = interface else { return requests }
        for id in order.prefix(Self.maximumStreams) {
            guard tasks[id]?.isMoving == true, let part = URLPart.encoded(id) else { continue }
            requests.append(
                DialectRequest(base + "/tasks/\(part):subscribe", .stream, headers: Self.version))
        }
        return requests
    }

    mutating func take(_ answer: DialectAnswer, at moment: Timestamp) -> [Message] {
        switch answer {
        case .health(var record, let body):
            record.checks = []
            if record.status == .pass { record.reason = "the agent's card answers; A2A has no health route" }
            return [.health(record, body: body)]
        case .opened, .frame: return []
        case .failed(let request, let reason):
            // A subscription ends with its task, or while it waits for a person.
            return request.rhythm == .stream ? [] : [.refused(what: request.path, reason: reason)]
        case .event(let request, let event):
            guard let json = try? JSONParser.parse(event.data) else {
                return [.refused(what: request.path, reason: "a frame that is no JSON")]
            }
            return takeFrame(json["result"] ?? json, at: moment).messages
        case .document(let request, let document, _):
            guard document.status == 200, let json = document.json else {
                return [.refused(what: request.path, reason: BackendAnswer.words(document))]
            }
            return request == Self.about ? takeCard(json) : takeList(json, of: request, at: moment)
        }
    }

    private mutating func takeCard(_ json: JSONValue) -> [Message] {
        name = json["name"]?.string ?? name
        agentVersion = json["version"]?.string
        let found = (json["supportedInterfaces"]?.array ?? []).compactMap { row -> Interface? in
            guard let path = Self.path(of: row["url"]?.string ?? "") else { return nil }
            switch row["protocolBinding"]?.string {
            case "HTTP+JSON": return .rest(path)
            case "JSONRPC": return .rpc(path.isEmpty ? "/" : path)
            default: return nil
            }
        }
        interface = found.first { if case .rest = $0 { true } else { false } } ?? found.first
        return []
    }

    /// The path of a URL without its last slash; requests never leave the target's origin, whatever the card says.
    private static func path(of url: String) -> String? {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        let rest = url[scheme.upperBound...]
        var path = String(rest.drop { $0 != "/" }.prefix { $0 != "?" && $0 != "#" })
        if path.hasSuffix("/") { path.removeLast() }
        return path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? path : nil
    }

    private mutating func takeList(
        _ json: JSONValue, of request: DialectRequest, at moment: Timestamp
    ) -> [Message] {
        guard let rows = (json["result"] ?? json)["tasks"]?.array else {
            let words = json["error"]?["message"]?.string ?? "the answer lists no tasks"
            return [.refused(what: request.path, reason: words)]
        }
        order = rows.compactMap { $0["id"]?.string }
        var events: [OutgoingEvent] = []
        for row in rows { events += takeTask(row, at: moment) }
        if tasks.count > Self.maximumTasks {
            let listed = Set(order)
            tasks = tasks.filter { listed.contains($0.key) }
        }
        return events.messages + [.snapshot(snapshot)]
    }

    /// `{task}`, `{statusUpdate}` or `{artifactUpdate}` of a subscription.
    private mutating func takeFrame(_ json: JSONValue, at moment: Timestamp) -> [OutgoingEvent] {
        if let task = json["task"] { return takeTask(task, at: moment) }
        let update = json["statusUpdate"] ?? json["artifactUpdate"]
        guard let id = update?["taskId"]?.string else { return [] }
        if let status = json["statusUpdate"]?["status"] {
            return tasks[id]?.take(status: status, agent: name, at: moment) ?? []
        }
        return tasks[id]?.take(artifact: json["artifactUpdate"]?["artifact"], agent: name, at: moment) ?? []
    }

    private mutating func takeTask(_ row: JSONValue, at moment: Timestamp) -> [OutgoingEvent] {
        guard let id = row["id"]?.string, let status = row["status"] else { return [] }
        var task = tasks[id] ?? AgentTask(id: id, context: row["contextId"]?.string ?? id)
        let events = task.take(status: status, agent: name, at: moment)
        tasks[id] = task
        return events
    }

    private var snapshot: BackendSnapshot {
        var snapshot = BackendSnapshot(name: name)
        snapshot.version = agentVersion
        var contexts: [String: [AgentTask]] = [:]
        for task in tasks.values { contexts[task.context, default: []].append(task) }
        for (context, tasks) in contexts.sorted(by: { $0.key < $1.key }) {
            let tasks = tasks.sorted { ($0.changedAt, $0.id) < ($1.changedAt, $1.id) }
            var session = SessionRecord(id: SessionID(rawValue: context), user: "")
            session.state = tasks.last?.sessionState ?? .unknown
            session.since = tasks.last?.changedAt
            session.lastEventAt = tasks.last?.changedAt
            session.runs = tasks.count
            snapshot.sessions.append(session)
            snapshot.runs += tasks.map { $0.run(agent: name) }
        }
        return snapshot
    }
}
