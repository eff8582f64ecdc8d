import PatternDetection
import WireProtocol

/// One run as the console knows it.
public struct RunState: OwnedValue {
    /// Its id, with its user where another one had the same id first.
    public internal(set) var key: OwnedSymbol
    /// Of which session.
    public internal(set) var session = OwnedSymbol.none
    /// Whose; the user that its first event named.
    public internal(set) var user = Symbol.none
    /// Which path it came in by.
    public internal(set) var path = Symbol.none
    /// The dispatcher that its first event named.
    var dispatcher = Symbol.none
    /// The agent's name, where a snapshot or the run's start gave it.
    public internal(set) var agent: String?
    /// How it stands.
    public internal(set) var state = RunRecord.State.open
    /// What its events say about the grammar; calls are told apart by the hash of their id.
    var grammar: RunGrammar
    /// Violations that the backend saw, or that were seen before events were lost.
    var otherViolations: [String] = []
    /// What it has sent.
    public internal(set) var ledger = EventLedger()
    /// The moments of its life.
    public internal(set) var times = Times()
    /// How many events it has sent.
    public internal(set) var events = 0
    /// The tool calls that are under way, in the order they started.
    public internal(set) var tools: [OpenTool] = []

    /// The tool that it called last.
    public internal(set) var lastTool = Symbol.none
    /// What its tool calls repeat; emptied when it ends.
    var calls = CallHistory()
    /// Whether its steps come each when it ends, so that their order proves nothing.
    var isSeenFromWithin = false
    /// What another user's run may be missing, where all that was seen of this one is that; nil for any other run.
    var stray: StrayEvents?
    /// Whether its last event was a thinking one.
    var isThinking = false

    init(key: OwnedSymbol, joinedMidway: Bool) {
        self.key = key
        grammar = RunGrammar(joinedMidway: joinedMidway)
    }

    /// The moments of a run's life.
    public struct Times: Equatable, Sendable {
        /// When it started, where that was seen.
        public internal(set) var startedAt: Timestamp?
        /// When its last event was sent.
        public internal(set) var lastEventAt: Timestamp?
        /// When it last did something: a heartbeat is a sign of life and no work.
        public internal(set) var lastUsefulAt: Timestamp?
        /// When it ended.
        public internal(set) var endedAt: Timestamp?
    }

    /// A tool call under way.
    public struct OpenTool: Hashable, Sendable {
        let call: RunGrammar.Call
        /// The tool.
        public internal(set) var name: Symbol
        /// When the call started.
        public let since: Timestamp
    }

    /// Its id.
    public var id: Symbol { key.id }
    /// Whether it breaks the grammar in any way.
    public var isViolated: Bool { !otherViolations.isEmpty || !grammar.violations.isEmpty }

    /// Notes that a call's arguments are complete.
    mutating func finishCall(_ call: RunGrammar.Call) {
        calls.finish(call, mayHideArguments: isSeenFromWithin)
    }

    /// In which ways it breaks the grammar, each once.
    public var violations: [String] {
        otherViolations + grammar.violations.map(\.rawValue).filter { !otherViolations.contains($0) }
    }

    /// Whether it was seen to deliver to another user than its own.
    public var crossesUsers: Bool {
        violations.contains(RunGrammar.Violation.otherUser.rawValue)
    }
}

extension OwnedMap<RunState> {
    /// Whether the run at a place is closed; read where it is, a copy of a run costs more than its event.
    func isClosed(at place: Int?) -> Bool {
        guard let place else { return false }
        return self[place: place].isClosed
    }
}
