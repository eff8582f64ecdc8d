import WireProtocol

/// One task of an A2A agent: a run, in the session that its context is.
struct AgentTask {
    /// The states of A2A 1.0 and 0.3, which spells them `input-required`.
    enum State: String {
        case submitted = "SUBMITTED"
        case working = "WORKING"
        case inputRequired = "INPUT_REQUIRED"
        case authRequired = "AUTH_REQUIRED"
        case completed = "COMPLETED"
        case failed = "FAILED"
        case canceled = "CANCELED"
        case rejected = "REJECTED"
        case unknown

        init(_ text: String?) {
            let word = (text ?? "").uppercased().replacing("-", with: "_")
            let plain = word.hasPrefix("TASK_STATE_") ? String(word.dropFirst(11)) : word
            self = State(rawValue: plain) ?? .unknown
        }
    }

    let id: String
    let context: String
    private(set) var state = State.unknown
    private(set) var changedAt = Timestamp(milliseconds: 0)
    /// When it changed by the agent's own clock, which is compared with nothing else.
    private var statedAt: Timestamp?
    private var isSeen = false
    private var isStarted = false
    private var artifacts: Set<String> = []

    init(id: String, context: String) {
        self.id = id
        self.context = context
    }

    /// Whether its state is one that no other follows.
    private var isOver: Bool { [.completed, .failed, .canceled, .rejected].contains(state) }

    /// Whether it works by itself, so that a subscription tells something.
    var isMoving: Bool { state == .submitted || state == .working }

    /// Takes a status and gives what changed; of a task that was over when it was first seen, nothing is told.
    mutating func take(status: JSONValue, agent: String, at arrival: Timestamp) -> [OutgoingEvent] {
        let next = State(status["state"]?.string)
        let stated = StoredRuns.time(status["timestamp"])
        let at = stated ?? arrival
        defer { isSeen = true }
        // A list that was asked for before a subscription told more may arrive after it.
        if let stated, let last = statedAt, stated < last { return [] }
        guard next != state, !isOver else { return [] }
        (state, changedAt, statedAt) = (next, at, stated ?? statedAt)
        var events: [OutgoingEvent] = []
        if !isStarted, !(isOver && !isSeen) {
            isStarted = true
            events.append(
                event(.runStarted, ["threadId": .string(context), "runId": .string(id)], agent, at: at))
        }
        guard isStarted else { return events }
        switch next {
        case .working: events.append(event(.stepStarted, ["stepName": "working"], agent, at: at))
        case .inputRequired, .authRequired:
            events.append(
                OutgoingEvent(
                    SessionChange(.state, state: .waiting), at: at, metadata: metadata(agent)))
        case .completed: events.append(event(.runFinished, ["outcome": ["type": "success"]], agent, at: at))
        case .canceled: events.append(event(.runFinished, ["outcome": ["type": "cancelled"]], agent, at: at))
        case .failed, .rejected:
            let parts = status["message"]?["parts"]?.array ?? []
            let words = parts.compactMap { $0["text"]?.string }.first ?? next.rawValue.lowercased()
            events.append(event(.runError, ["message": .string(String(words.prefix(200)))], agent, at: at))
        case .submitted, .unknown: break
        }
        return events
    }

    /// Takes a piece of an artifact: the first piece of each is told.
    mutating func take(artifact: JSONValue?, agent: String, at arrival: Timestamp) -> [OutgoingEvent] {
        let id = artifact?["artifactId"]?.string ?? artifact?["name"]?.string ?? "artifact"
        guard isStarted, artifacts.count < 1000, artifacts.insert(id).inserted else { return [] }
        return [event(.textMessageStart, ["messageId": .string(id)], agent, at: arrival)]
    }

    private func event(
        _ type: EventType, _ fields: JSONObject, _ agent: String, at moment: Timestamp
    ) -> OutgoingEvent {
        OutgoingEvent(type, at: moment, fields, metadata: metadata(agent))
    }

    private func metadata(_ agent: String) -> EventMetadata {
        var metadata = EventMetadata()
        metadata.session = SessionID(rawValue: context)
        metadata.run = RunID(rawValue: id)
        metadata.agent = agent
        return metadata
    }

    /// The task as a run.
    func run(agent: String) -> RunRecord {
        var run = RunRecord(id: RunID(rawValue: id))
        run.session = SessionID(rawValue: context)
        run.agent = agent
        run.state =
            switch state {
            case .submitted, .working, .inputRequired, .authRequired: .open
            case .completed: .completed
            case .failed, .rejected: .failed
            case .canceled: .cancelled
            case .unknown: .unknown
            }
        return run
    }

    /// What its context does, when this is its newest task.
    var sessionState: SessionRecord.State {
        switch state {
        case .submitted, .working: .running
        case .inputRequired, .authRequired: .waiting
        case .failed, .rejected: .error
        case .completed, .canceled: .idle
        case .unknown: .unknown
        }
    }
}
