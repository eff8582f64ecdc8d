import WireProtocol

/// Reads the A2A agents of one host: each one's card, list of tasks and subscriptions.
///
/// Shapes as a2a-sdk 1.3 answers them, over REST (`GET /tasks`, `GET /tasks/{id}:subscribe`) or
/// JSON-RPC (`ListTasks`, `SubscribeToTask`); every request carries `A2A-Version: 1.0`.
struct AgentToAgentReader: DialectReader {
    /// What is seen of an agent that is only polled.
    static let coverage = Coverage(
        missing: [
            .patterns: "A2A does not say how an agent gets its tools; \(Coverage.embedding)",
            .dispatchers: "A2A names no dispatcher; \(Coverage.embedding)",
        ],
        notes: [
            "health: A2A has no health route; that the agent's card answers is all that is known",
            "events: a task's states and artifacts; A2A reports no tool call",
            "users: A2A names none; tasks are those that the token may see",
            "an agent of A2A 0.3 lists no tasks",
        ], timing: .snapshotsOnly)

    /// How many tasks are subscribed to, and how many agents are asked.
    private static let maximumStreams = 24
    private static let maximumAgents = 32

    /// Where the cards of a host with several agents are looked for.
    private static let directory = DialectRequest(Sighting.openAPI, .once)

    private var agents = [ListedAgent(cardPath: AgentCard.paths[0])]
    /// Card paths where nothing is.
    private var absent: Set<String> = []
    private var ledger = ReadLedger()
    /// Whether any subscription was open, so that steps are seen when they end.
    private var isSubscribed = false
    private var coverage = Self.coverage

    // MARK: What is asked

    var requests: [DialectRequest] {
        var requests = agents.map(\.cardRequest)
        if agents.count == 1, agents.allSatisfy({ $0.card == nil }), absent.isSuperset(of: AgentCard.paths) {
            requests.append(Self.directory)
        }
        for agent in agents { requests += agent.listRequests }
        return requests + agents.flatMap(\.subscriptions).prefix(Self.maximumStreams)
    }

    // MARK: What is answered

    mutating func take(_ answer: DialectAnswer, at moment: Timestamp) -> [Message] {
        switch answer {
        case .health(let record, let body): return [.health(health(record), body: body)]
        case .opened, .frame: return []
        case .failed(let request, let reason):
            // A subscription ends with its task, or while it waits for a person.
            if request.rhythm == .stream { return [] }
            guard let place = agents.firstIndex(where: { $0.listRequests.contains(request) }) else {
                return [.refused(what: request.path, reason: reason)]
            }
            agents[place].takeFailure(of: request, at: moment)
            return ledger.miss(.sessions, agents[place].listAddress, reason)
        case .event(let request, let event):
            guard let json = try? JSONParser.parse(event.data) else {
                return [.refused(what: request.path, reason: "a frame that is not JSON")]
            }
            guard let place = agents.firstIndex(where: { $0.subscriptions.contains(request) }) else {
                return []
            }
            isSubscribed = true
            let events = agents[place].take(frame: json["result"] ?? json, at: moment)
            return events.messages + (events.isEmpty ? [] : [.snapshot(snapshot)]) + news
        case .document(let request, let document, _): return take(document, to: request, at: moment)
        }
    }

    private mutating func take(
        _ document: HealthAnswerDocument, to request: DialectRequest, at moment: Timestamp
    ) -> [Message] {
        if request == Self.directory { return takeDirectory(document) }
        if let place = agents.firstIndex(where: { $0.cardRequest == request }) {
            return takeCard(document, of: place)
        }
        guard let place = agents.firstIndex(where: { $0.listRequests.contains(request) }) else { return [] }
        let address = agents[place].listAddress
        guard document.status == 200, let json = document.json,
            let events = agents[place].take(list: json, of: request, at: moment)
        else {
            agents[place].takeFailure(of: request, at: moment)
            return refuse(document, address, agents[place])
        }
        if agents[place].listsNothing != nil { return refuseTasks(of: agents[place]) + news }
        return ledger.read(.sessions, address) + events.messages + [.snapshot(snapshot)] + news
    }

    private mutating func refuse(
        _ document: HealthAnswerDocument, _ address: String, _ agent: ListedAgent
    ) -> [Message] {
        if document.status == 200, let error = document.json?["error"] {
            let words = error["message"]?.string ?? error.text
            return ledger.refuse(.sessions, address, "the agent answered: \(words.prefix(200))")
        }
        let wall = [401, 403].contains(document.status) ? agent.card?.security : nil
        let words = RefusalWords.words(document, expected: "a list of tasks")
        return ledger.refuse(
            .sessions, address, document, words: words + (wall.map { " (the card requires \($0))" } ?? ""))
    }

    private mutating func takeCard(_ document: HealthAnswerDocument, of place: Int) -> [Message] {
        let path = agents[place].cardPath
        if document.status == 404 {
            absent.insert(path)
            // Before A2A 0.3 the card had another name.
            if agents[place].card == nil, agents.count == 1, let old = AgentCard.paths.last, old != path {
                agents = [ListedAgent(cardPath: old)]
            }
            return []
        }
        guard document.status == 200, let card = document.json.flatMap(AgentCard.init) else {
            return ledger.refuse(.sessions, "GET " + path, document, expected: "an agent's card")
        }
        let before = agents[place].listAddress
        agents[place].take(card: card)
        let earlier = before == agents[place].listAddress ? [] : ledger.recover(.sessions, before)
        return earlier + ledger.read(.sessions, "GET " + path) + refuseTasks(of: agents[place]) + news
    }

    /// Reports an agent whose card was read, and that lists no tasks: nothing is known of its work.
    private mutating func refuseTasks(of agent: ListedAgent) -> [Message] {
        guard let reason = agent.listsNothing else { return [] }
        return ledger.refuse(.sessions, agent.listAddress, reason + "; update the agent")
    }

    private mutating func takeDirectory(_ document: HealthAnswerDocument) -> [Message] {
        guard document.status == 200, let json = document.json else { return [] }
        let paths = AgentCard.paths(in: json)
        guard !paths.isEmpty else { return [] }
        agents = paths.prefix(Self.maximumAgents).map { ListedAgent(cardPath: $0) }
        return []
    }

    // MARK: What is known

    private func health(_ answer: HealthRecord) -> HealthRecord {
        var record = answer
        record.checks = []
        let cards = agents.filter { $0.card != nil }.count
        guard answer.httpStatus.map((200..<300).contains) ?? (answer.status == .pass) else { return record }
        record.status = .pass
        record.reason =
            agents.count > 1
            ? "the cards of \(cards) of \(agents.count) agents answer; A2A has no health route"
            : "the agent's card answers; A2A has no health route"
        return record
    }

    /// The coverage, when it is another one than before.
    private var news: [Message] {
        mutating get {
            var now = Self.coverage
            if isSubscribed { (now.timing, now.isSilentWithinSteps) = (.asItHappens, true) }
            let lists = agents.compactMap(\.listed)
            if let first = lists.first {
                now.listed[.sessions] = lists.dropFirst().reduce(first) { $0.adding($1) }
            }
            let reasons = agents.compactMap(\.listsNothing)
            if let reason = reasons.first, reasons.count == agents.count {
                for part in [Coverage.Part.sessions, .runs, .events] { now.missing[part] = reason }
            }
            guard now != coverage else { return [] }
            coverage = now
            return [.dialect(name: Dialect.agentToAgent.name, coverage: now)]
        }
    }

    private var snapshot: BackendSnapshot {
        let cards = agents.compactMap(\.card)
        var snapshot = BackendSnapshot(name: cards.map(\.name).joined(separator: ", "))
        snapshot.version = cards.count == 1 ? cards.first?.version : nil
        var contexts: [String: [AgentTask]] = [:]
        for agent in agents {
            for task in agent.tasks.values { contexts[task.context, default: []].append(task) }
        }
        for (context, tasks) in contexts.sorted(by: { $0.key < $1.key }) {
            let tasks = tasks.sorted { ($0.changedAt, $0.id) < ($1.changedAt, $1.id) }
            let told = tasks.max { ($0.weight, $0.changedAt) < ($1.weight, $1.changedAt) }
            var session = SessionRecord(id: SessionID(rawValue: context), user: "")
            session.state = told?.sessionState ?? .unknown
            session.isQueued = told?.state == .submitted
            session.since = told?.changedAt
            session.lastEventAt = tasks.last?.changedAt
            session.runs = tasks.count
            snapshot.sessions.append(session)
            snapshot.runs += tasks.compactMap(\.record)
        }
        return snapshot
    }
}

extension Coverage.Listed {
    /// The sum of two lists; without a total where one of them has none.
    fileprivate func adding(_ other: Self) -> Self {
        let totals = total.flatMap { total in other.total.map { total + $0 } }
        return Self(read: read + other.read, total: totals, missesUrgent: missesUrgent || other.missesUrgent)
    }
}
