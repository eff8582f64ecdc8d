import ConsoleModel
import PatternDetection
import WireProtocol

/// A store with one backend, and short words for what that backend says.
struct Story {
    var store: Store
    /// Which backend the next messages come from.
    var key = BackendKey(0)
    /// Everything that was sent to the store, so that it can be sent to another one.
    private(set) var actions: [Action] = []
    /// The time of the next event; each event advances it by 100 ms.
    var now: Timestamp
    private var sequences: [String: Int] = [:]

    init(
        expected: [ConsumerPath: Verdict] = [:], rules: [String: RuleSetting] = [:],
        ruleLimits: [String: Int64] = [:], limits: EventLog.Limits = .standard,
        at start: Timestamp = Timestamp(milliseconds: 1_800_000_000_000)
    ) {
        now = start
        store = Store(
            ConsoleState(
                now: now, expected: expected, ruleSettings: rules, ruleLimits: ruleLimits, eventLimits: limits
            ))
        send(.addBackend(key, url: "http://localhost:8700"))
    }

    var state: ConsoleState { store.state }
    var backend: BackendState { store.state.backends[0] }
    var rules: [String] { store.state.triage().map(\.rule) }

    mutating func send(_ action: Action) {
        actions.append(action)
        _ = store.send(action)
    }

    mutating func receive(_ message: Message) { send(.received(key, message, at: now)) }

    mutating func lines(_ text: String) { receive(.events(EventBatch(lines: Array(text.utf8)))) }
    mutating func lines(_ bytes: [UInt8]) { receive(.events(EventBatch(lines: bytes))) }

    /// One event of a run; the sequence counts by itself unless one is given.
    mutating func event(
        _ type: EventType, _ run: String?, user: String? = "ada", session: String? = "s-1",
        path: String? = "http", sequence: Int? = nil, countsSequence: Bool = true, _ fields: JSONObject = [:]
    ) {
        var metadata = EventMetadata()
        metadata.user = user.map { UserID(rawValue: $0) }
        metadata.session = session.map { SessionID(rawValue: $0) }
        metadata.run = run.map { RunID(rawValue: $0) }
        metadata.path = path
        if let run, countsSequence {
            metadata.sequence = sequence ?? sequences[run, default: 0]
            sequences[run] = (metadata.sequence ?? 0) + 1
        }
        send(OutgoingEvent(type, at: now, fields, metadata: metadata))
    }

    mutating func custom(
        _ name: CustomEventName, _ value: JSONValue, user: String? = nil, session: String? = nil
    ) {
        var metadata = EventMetadata()
        metadata.user = user.map { UserID(rawValue: $0) }
        metadata.session = session.map { SessionID(rawValue: $0) }
        let fields: JSONObject = ["name": .string(name.rawValue), "value": value]
        send(OutgoingEvent(.custom, at: now, fields, metadata: metadata))
    }

    mutating func send(_ event: OutgoingEvent) {
        receive(.events(EventBatch(lines: event.line)))
        now = now + .milliseconds(100)
    }

    mutating func startTool(_ run: String, user: String = "ada", session: String = "s-1") {
        event(.runStarted, run, user: user, session: session)
        event(.textMessageContent, run, user: user, session: session, ["delta": "first the table"])
        event(
            .toolCallStart, run, user: user, session: session,
            ["toolCallId": "c", "toolCallName": "sql_query"])
    }

    mutating func wholeRun(_ run: String, user: String = "ada", session: String = "s-1") {
        startTool(run, user: user, session: session)
        event(.toolCallResult, run, user: user, session: session, ["toolCallId": "c", "content": "17 rows"])
        event(.runFinished, run, user: user, session: session, ["outcome": ["type": "success"]])
    }

    mutating func wait(_ duration: Duration) {
        now = now + duration
        send(.tick(now))
    }

    /// A snapshot of the one backend, as changed.
    mutating func snapshot(_ change: (inout BackendSnapshot) -> Void) {
        var snapshot = BackendSnapshot(name: "prod")
        change(&snapshot)
        receive(.snapshot(snapshot))
    }

    /// The finding of a rule, as triage says now.
    func finding(_ rule: String) -> Finding? { state.triage().first { $0.rule == rule } }

    mutating func path(_ record: PathRecord) {
        var snapshot = BackendSnapshot(name: "prod")
        snapshot.paths = [record]
        receive(.snapshot(snapshot))
    }
}

extension PathRecord {
    /// A path with this evidence, whose sender detects what we do.
    static func sample(
        _ evidence: [(EvidenceField, String)], on path: ConsumerPath = .http, expected: Verdict = .unknown
    ) -> PathRecord {
        var record = PathRecord(path: path)
        record.evidence = evidence.map { EvidenceRecord(Evidence($0.0, $0.1, source: "app.state"), at: nil) }
        record.detected = record.judgement.verdict
        record.wins = record.judgement.wins
        record.expected = expected
        return record
    }

    static let onFactory = sample([(.toolClasses, "4"), (.toolDispatcher, "nil")])
    static let onSingleton = sample([(.toolClasses, "absent"), (.toolDispatcher, "present")])
}
