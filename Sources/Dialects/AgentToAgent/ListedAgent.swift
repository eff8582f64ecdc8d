import WireProtocol

/// One A2A agent: its card, its list of tasks, and a subscription to each task that moves.
struct ListedAgent {
    /// How many tasks one page lists; a server may refuse more.
    private static let pageSize = 100
    /// The states that matter most, which are asked for where one page does not list every task.
    ///
    /// A task that is only submitted has no time of change, so that servers list it last.
    private static let urgent = ["SUBMITTED", "WORKING", "INPUT_REQUIRED", "AUTH_REQUIRED", "FAILED"]
    private static let version = ["a2a-version": "1.0"]

    /// Where its card was found, below the target's address.
    let cardPath: String
    private(set) var card: AgentCard?
    private(set) var tasks: [String: AgentTask] = [:]
    /// The tasks of the newest page.
    private var order: [String] = []
    private var walk = PageWalk<String>()
    private var isListRead = false
    /// How much of the list was read; searches for urgent tasks are named by their state.
    private var tally = ListTally<String>()
    /// Why its tasks cannot be listed although it works, such as an agent of A2A 0.3.
    private(set) var listsNothing: String?

    init(cardPath: String) { self.cardPath = cardPath }

    // MARK: What is asked

    /// Where its card is asked for.
    var cardRequest: DialectRequest { DialectRequest(cardPath, .every(.seconds(60))) }

    /// Its lists of tasks.
    var listRequests: [DialectRequest] {
        guard listsNothing == nil, let newest = list(.every(.seconds(2))) else { return [] }
        var requests = [newest]
        if tally.isLong { requests += Self.urgent.compactMap { list(.every(.seconds(5)), state: $0) } }
        if let token = walk.next, let page = list(.once, token: token) { requests.append(page) }
        return requests
    }

    /// The subscriptions to its tasks that move.
    var subscriptions: [DialectRequest] {
        guard let card else { return [] }
        let moving = tasks.values.filter(\.isMoving).sorted { ($0.changedAt, $0.id) > ($1.changedAt, $1.id) }
        return moving.compactMap { subscription(to: $0.id, card) }
    }

    private func subscription(to task: String, _ card: AgentCard) -> DialectRequest? {
        switch card.interface {
        case .rest(let base):
            guard let part = URLPart.encoded(task) else { return nil }
            return DialectRequest(
                base + "/tasks/\(part):subscribe", .stream, headers: Self.version, isOfOrigin: true)
        case .rpc(let path):
            guard card.streams else { return nil }
            return DialectRequest(
                path, .stream,
                body: [
                    "jsonrpc": "2.0", "id": 1, "method": "SubscribeToTask", "params": ["id": .string(task)],
                ], headers: Self.version, isOfOrigin: true)
        case nil: return nil
        }
    }

    private func list(
        _ rhythm: DialectRequest.Rhythm, state: String? = nil, token: String? = nil
    ) -> DialectRequest? {
        switch card?.interface {
        case .rest(let base):
            var path = base + "/tasks?pageSize=\(Self.pageSize)"
            if let state { path += "&status=TASK_STATE_" + state }
            if let token {
                guard let part = URLPart.encoded(token, maximumBytes: 4096) else { return nil }
                path += "&pageToken=" + part
            }
            return DialectRequest(path, rhythm, headers: Self.version, isOfOrigin: true)
        case .rpc(let path):
            var params: JSONObject = ["pageSize": .integer(Int64(Self.pageSize))]
            params.set("status", state.map { "TASK_STATE_" + $0 })
            params.set("pageToken", token)
            return DialectRequest(
                path, rhythm,
                body: ["jsonrpc": "2.0", "id": 1, "method": "ListTasks", "params": .object(params)],
                headers: Self.version, isOfOrigin: true)
        case nil: return nil
        }
    }

    /// The address of its list as it is reported.
    var listAddress: String {
        switch card?.interface {
        case .rest(let base): "GET \(base)/tasks"
        case .rpc(let path): "ListTasks at POST \(path)"
        case nil: "the tasks of \(card?.name.prefix(80) ?? cardPath[...])"
        }
    }

    // MARK: What is answered

    /// Takes its card.
    mutating func take(card: AgentCard) {
        let isSame = self.card.map { $0.interface == card.interface } ?? false
        self.card = card
        if isSame { return }
        listsNothing = card.interface == nil ? "an agent before A2A 1.0 lists no tasks" : nil
    }

    /// Takes a page of tasks and gives what changed; nil when the answer is not a list.
    mutating func take(
        list json: JSONValue, of request: DialectRequest, at moment: Timestamp
    ) -> [OutgoingEvent]? {
        let answer = json["result"] ?? json
        // JSON-RPC 2.0 section 5.1: the method does not exist.
        if json["error"]?["code"]?.integer == -32601 {
            listsNothing = "its agent does not offer ListTasks"
            return []
        }
        guard let rows = answer["tasks"]?.array ?? (answer["totalSize"] != nil ? [] : nil) else { return nil }
        let ids = rows.filter { $0["status"] != nil }.compactMap { $0["id"]?.string }
        let refused = rows.count - ids.count
        let token = answer["nextPageToken"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        var events: [OutgoingEvent] = []
        let isHistory = !isListRead || request.rhythm == .once
        for row in rows { events += take(task: row, isHistory: isHistory, at: moment) }
        var gone: [String] = []
        if request == list(.every(.seconds(2))) {
            (isListRead, tally.isLong, order) = (true, token != nil, ids)
            tally.total = answer["totalSize"]?.count
            tally.note(refused: refused)
            gone = walk.take(first: ids, next: token, known: tasks.keys, at: moment)
        } else if request.rhythm == .once {
            gone = walk.take(page: ids, next: token, known: tasks.keys, at: moment)
            tally.note(refusedInWalk: refused, isLast: walk.next == nil)
        } else if let state = Self.urgent.first(where: { request == list(.every(.seconds(5)), state: $0) }) {
            tally.note(state, isCut: token != nil)
        }
        for id in gone { tasks[id] = nil }
        return events
    }

    /// Takes that a page could not be read.
    mutating func takeFailure(of request: DialectRequest, at moment: Timestamp) {
        if request.rhythm == .once { walk.abandon(at: moment) }
    }

    /// Takes `{task}`, `{statusUpdate}` or `{artifactUpdate}` of a subscription.
    mutating func take(frame json: JSONValue, at moment: Timestamp) -> [OutgoingEvent] {
        if let task = json["task"] { return take(task: task, isHistory: false, at: moment) }
        let update = json["statusUpdate"] ?? json["artifactUpdate"]
        guard let id = update?["taskId"]?.string else { return [] }
        if let status = json["statusUpdate"]?["status"] {
            return tasks[id]?.take(status: status, isHistory: false, at: moment) ?? []
        }
        return tasks[id]?.take(artifact: json["artifactUpdate"]?["artifact"], at: moment) ?? []
    }

    private mutating func take(task row: JSONValue, isHistory: Bool, at moment: Timestamp) -> [OutgoingEvent]
    {
        guard let id = row["id"]?.string, let status = row["status"] else { return [] }
        var task =
            tasks[id]
            ?? AgentTask(id: id, context: row["contextId"]?.string ?? id, agent: card?.name ?? "a2a")
        let events = task.take(status: status, isHistory: isHistory, at: moment)
        tasks[id] = task
        return events
    }

    /// How many of its tasks were listed; nil when all were.
    var listed: Coverage.Listed? { tally.listed(read: tasks.count, isWalked: walk.isWhole == true) }
}
