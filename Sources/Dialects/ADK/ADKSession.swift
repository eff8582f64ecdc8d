import WireProtocol

/// One session of ADK: what its list says, and how its invocations stand.
struct ADKSession {
    /// How long the last word of an unknown chain of agents must be followed by nothing: longer than a model takes.
    static let settling = Duration.seconds(20)
    /// The same where this app's agents were seen to continue after that word.
    static let longSettling = Duration.seconds(180)
    /// When an invocation without an end is no longer believed to be at work.
    static let givenUp = Duration.seconds(3600)

    var record: SessionRecord
    /// The list's `lastUpdateTime`, which tells whether the events must be read again.
    var updated: JSONValue?
    var readOf: JSONValue?
    /// When the session was last known not to have what it has now; nil where that was never seen.
    var unseenAt: Timestamp?
    var runs: [RunRecord] = []
    /// Whether its events were read at all.
    var wasRead = false

    private var invocations: [ADKInvocation] = []
    private var changedAt: Timestamp?

    init(_ record: SessionRecord) { self.record = record }

    var isStale: Bool { !wasRead || readOf != updated }

    /// Whether time alone can change how it stands.
    var isMoving: Bool { record.state == .running }

    /// Takes its events.
    mutating func take(_ json: JSONValue, at moment: Timestamp) {
        let before = invocations.last?.events.count
        let found = ADKInvocation.reading(json, at: moment)
        if wasRead, found.last?.events.count != before || found.last?.id != invocations.last?.id {
            changedAt = moment
        }
        invocations = found
        readOf = updated
        wasRead = true
    }

    /// Judges its invocations anew and gives their runs, as far as they can have changed.
    mutating func judge(chains: inout ADKChains, at moment: Timestamp) -> [StoredRun] {
        var found: [StoredRun] = []
        runs = []
        var state = SessionRecord.State.idle
        for (index, invocation) in invocations.enumerated() {
            let isLast = index == invocations.count - 1
            let runState = isLast ? self.state(invocation, chains, at: moment) : Self.overtaken(invocation)
            if runState == .completed { chains.note(invocation.chain) }
            let run = invocation.run(runState, of: record, at: moment)
            runs.append(run.record)
            found.append(run)
            guard isLast else { continue }
            state =
                switch runState {
                case .failed: .error
                case .open: if case .waiting = invocation.standing { .waiting } else { .running }
                case .completed, .cancelled: .idle
                case .lost, .unknown: .unknown
                }
        }
        if record.state != state { record.since = invocations.last?.events.last?.moment.at ?? record.since }
        record.state = state
        record.runs = runs.count
        return found
    }

    private func state(
        _ invocation: ADKInvocation, _ chains: ADKChains, at moment: Timestamp
    ) -> RunRecord.State {
        let last = invocation.events.last?.moment.at ?? moment
        let quiet = moment.since(max(last, changedAt ?? last))
        switch invocation.standing {
        case .failed: return .failed
        case .waiting: return .open
        case .working: return quiet > Self.givenUp ? .unknown : .open
        case .spoken:
            if invocation.isCertain { return .completed }
            let limit: Duration =
                switch chains.judgement(of: invocation.chain) {
                case .whole: .zero
                case .unknown: Self.settling
                case .beginning: Self.longSettling
                }
            return quiet >= limit ? .completed : .open
        }
    }

    /// An invocation is over when a later one began, whatever it still waits for.
    private static func overtaken(_ invocation: ADKInvocation) -> RunRecord.State {
        switch invocation.standing {
        case .failed: .failed
        case .spoken: .completed
        case .working, .waiting: .cancelled
        }
    }
}

/// The orders in which an app's agents were seen to speak in invocations that are over.
struct ADKChains {
    /// How many are kept; a loop makes a new one for each number of rounds.
    private static let maximumChains = 64

    /// What a chain is, as far as was seen.
    enum Judgement { case whole, beginning, unknown }

    private var whole: Set<[String]> = []

    mutating func note(_ chain: [String]) {
        if whole.count < Self.maximumChains { whole.insert(chain) }
    }

    func judgement(of chain: [String]) -> Judgement {
        if whole.contains(where: { $0.count > chain.count && $0.starts(with: chain) }) { return .beginning }
        return whole.contains(chain) ? .whole : .unknown
    }
}
