import WireProtocol

/// One task of an A2A agent: a run, in the session that its context is.
///
/// A task that waits for a person has ended its run with an interrupt; when the answer comes, it
/// begins another one, `TASK#2`. A task that is submitted waits for its agent and has no run yet.
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

        /// Whether no other state follows it.
        var isOver: Bool { [.completed, .failed, .canceled, .rejected].contains(self) }

        /// Whether it waits for a person.
        var isAsking: Bool { self == .inputRequired || self == .authRequired }
    }

    /// How often the pieces of one artifact are reported as a sign of life.
    private static let pulse = Duration.seconds(5)

    let id: String
    let context: String
    /// The agent's name.
    let agent: String
    private(set) var state = State.unknown
    private(set) var changedAt = Timestamp(milliseconds: 0)
    /// When it changed by the agent's own clock, which is compared with nothing else.
    private var statedAt: Timestamp?
    private var isSeen = false
    /// Whether the run of this leg is open.
    private var isRunning = false
    /// How many runs it has had.
    private var legs = 0
    private var saidMessage: String?
    private var artifacts: Set<String> = []
    private var pulsedAt: Timestamp?

    init(id: String, context: String, agent: String) {
        self.id = id
        self.context = context
        self.agent = agent
    }

    /// Whether it works by itself, so that a subscription reports something.
    var isMoving: Bool { state == .submitted || state == .working }

    /// Takes a status and gives what changed.
    ///
    /// - Parameter isHistory: whether a task that is over is history, and not one that began and ended
    ///   since the last poll.
    mutating func take(status: JSONValue, isHistory: Bool, at arrival: Timestamp) -> [OutgoingEvent] {
        let next = State(status["state"]?.string)
        let stated = PlausibleTime.timestamp(status["timestamp"], now: arrival)
        let at = stated ?? arrival
        defer { isSeen = true }
        // A list that was asked for before a subscription told more may arrive after it.
        if let stated, let last = statedAt, stated < last { return [] }
        if state.isOver { return [] }
        guard next != state else { return progress(status, stated, at: at) }
        (state, changedAt, statedAt) = (next, at, stated ?? statedAt)
        saidMessage = Self.message(of: status)
        if isHistory, !isSeen, next.isOver || next.isAsking { return [] }
        return step(to: next, status, at: at)
    }

    /// The events of a new state.
    private mutating func step(to next: State, _ status: JSONValue, at moment: Timestamp) -> [OutgoingEvent] {
        // It was asked for something, and the question was withdrawn: no run was open.
        if next == .submitted || next == .unknown || next == .canceled && !isRunning { return [] }
        var events: [OutgoingEvent] = []
        if !isRunning {
            (isRunning, legs) = (true, legs + 1)
            events.append(
                event(.runStarted, ["threadId": .string(context), "runId": .string(run)], at: moment))
        }
        switch next {
        case .working: events.append(event(.stepStarted, ["stepName": "working"], at: moment))
        case .inputRequired, .authRequired:
            events.append(end(.runFinished, Self.outcome("interrupt"), at: moment))
        case .completed: events.append(end(.runFinished, Self.outcome("success"), at: moment))
        case .canceled: events.append(end(.runFinished, Self.outcome("cancelled"), at: moment))
        case .failed, .rejected:
            let words = Self.words(of: status) ?? next.rawValue.lowercased()
            events.append(end(.runError, ["message": .string(String(words.prefix(200)))], at: moment))
        case .submitted, .unknown: break
        }
        return events
    }

    /// The same state again: a newer moment or another message is work that went on.
    private mutating func progress(
        _ status: JSONValue, _ stated: Timestamp?, at moment: Timestamp
    ) -> [OutgoingEvent] {
        let message = Self.message(of: status)
        let isLater = stated.map { time in statedAt.map { time > $0 } ?? true } ?? false
        guard isLater || message != nil && message != saidMessage else { return [] }
        (statedAt, saidMessage, changedAt) = (stated ?? statedAt, message, max(changedAt, moment))
        return isRunning ? [event(.stepStarted, ["stepName": "working"], at: moment)] : []
    }

    /// Takes a piece of an artifact: the first piece of each is reported, and one in five seconds.
    mutating func take(artifact: JSONValue?, at arrival: Timestamp) -> [OutgoingEvent] {
        let id = artifact?["artifactId"]?.string ?? artifact?["name"]?.string ?? "artifact"
        guard isRunning else { return [] }
        let isFirst = artifacts.count < 1000 && artifacts.insert(id).inserted
        guard isFirst || pulsedAt.map({ arrival.since($0) >= Self.pulse }) ?? true else { return [] }
        (pulsedAt, changedAt) = (arrival, max(changedAt, arrival))
        return [
            event(isFirst ? .textMessageStart : .textMessageContent, ["messageId": .string(id)], at: arrival)
        ]
    }

    private static func words(of status: JSONValue) -> String? {
        (status["message"]?["parts"]?.array ?? []).compactMap { $0["text"]?.string }.first
    }

    private static func message(of status: JSONValue) -> String? {
        status["message"]?["messageId"]?.string ?? words(of: status)
    }

    private static func outcome(_ type: String) -> JSONObject { ["outcome": ["type": .string(type)]] }

    private mutating func end(
        _ type: EventType, _ fields: JSONObject, at moment: Timestamp
    ) -> OutgoingEvent {
        isRunning = false
        return event(type, fields, at: moment)
    }

    private func event(_ type: EventType, _ fields: JSONObject, at moment: Timestamp) -> OutgoingEvent {
        var metadata = EventMetadata()
        metadata.session = SessionID(rawValue: context)
        metadata.run = RunID(rawValue: run)
        metadata.agent = agent
        return OutgoingEvent(type, at: moment, fields, metadata: metadata)
    }

    /// The id of the run that it has now, or had last.
    private var run: String { legs > 1 ? "\(id)#\(legs)" : id }

    /// The task as a run; nil while it is submitted.
    var record: RunRecord? {
        if state == .submitted, legs == 0 { return nil }
        var record = RunRecord(id: RunID(rawValue: run))
        record.session = SessionID(rawValue: context)
        record.agent = agent
        record.state =
            switch state {
            case .working: .open
            case .submitted, .inputRequired, .authRequired, .completed: .completed
            case .failed, .rejected: .failed
            case .canceled: .cancelled
            case .unknown: .unknown
            }
        return record
    }

    /// What its context does, when this is the task that counts.
    var sessionState: SessionRecord.State {
        switch state {
        case .working: .running
        case .submitted, .inputRequired, .authRequired: .waiting
        case .failed, .rejected: .error
        case .completed, .canceled: .idle
        case .unknown: .unknown
        }
    }

    /// How much it says about its context: work, then waiting, then what changed last.
    var weight: Int { state == .working ? 2 : sessionState == .waiting ? 1 : 0 }
}
