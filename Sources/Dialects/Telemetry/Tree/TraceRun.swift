import WireProtocol

/// One run of a trace: the work of the topmost agent of one service, as far as its spans have come.
struct TraceRun {
    /// How it stands.
    enum State {
        /// Spans are expected: an agent has not ended, or a parent has not come.
        case open
        /// Its tree is whole: its end was told by evidence.
        case ended
        /// Its end was told after the quiet time, by its topmost agent; a later span opens it again.
        case judged
        /// It was given up after the quiet time: none of its spans that ended can end it.
        case lost
        /// It turned out to be calls outside of any agent's work; told as ended.
        case calls
    }

    /// Its id on the wire.
    let id: RunID
    /// Its service, as an index into ``TraceTree``'s services.
    let service: Int
    var state = State.open
    /// The conversation that the outermost span names; nil while none does.
    var session: String?
    /// The node that named it.
    var namer: Int?
    /// Whose; nil while no span says.
    var user: String?
    /// The session that its events name now.
    var shown: SessionID
    /// Whether ``shown`` stands for a name that is not known.
    var isStandIn = true
    /// The parents of its spans that have not come.
    var missing: Set<UInt64> = []
    /// Agents' spans that have ended with no agent above them so far: they own the run, or become steps of it.
    var owners: [SpanItem] = []
    /// The agents directly below another one, not behind a tool: their work is the run's own.
    var members: [String: Member] = [:]
    /// The root of a run without an agent.
    var root: SpanItem?
    /// How many of its spans have begun and not ended.
    var pending = 0
    /// When its first step began.
    var firstStart: Timestamp
    /// When the last of its steps ended.
    var lastEnd: Timestamp
    /// When a call stopped to wait for a person, or was cancelled, and which of the two; nil where none was.
    var stopped: (at: Timestamp, outcome: SpanMeaning.Outcome)?
    /// When its last call of a model or a tool began.
    var lastWorkAt: Timestamp?
    /// Whether it holds a call of a tool: then it is agent's work, even where no span says so.
    var hasTool = false
    /// Whether the parent that it waited for is a span of another service.
    var isBelowAnotherService = false
    /// Whether spans of it came that were not told yet.
    var isNew = true
    /// Whether it was announced.
    var isAnnounced = false
    /// Whether its start was told.
    var isStarted = false
    /// Whether the session that stands for its unknown one was closed.
    var isClosed = false
    /// When a span of it came last, by our clock.
    var touchedAt: Timestamp

    /// How an agent inside the run ended last.
    struct Member {
        let end: Timestamp
        let outcome: SpanMeaning.Outcome
        /// Whether an attribute names it.
        let isNamed: Bool
        /// Whether it is a part of a program only: one that succeeds later makes up for one that failed.
        let isChain: Bool
    }

    init(id: RunID, service: Int, shown: SessionID, firstStart: Timestamp, at moment: Timestamp) {
        self.id = id
        self.service = service
        self.shown = shown
        self.firstStart = firstStart
        lastEnd = firstStart
        touchedAt = moment
    }

    /// Whether a later span may still belong to it without being connected to it.
    var isOpenToMore: Bool { state == .open || state == .judged || state == .lost }
    /// Whether every span that it waits for has come.
    var isWhole: Bool { missing.isEmpty && pending == 0 }

    /// The agent's name: its owner's, or of the only agent directly below an owner that has a span's name only.
    var agent: String? {
        guard let owner = owners.first else { return nil }
        if !owner.isNamed {
            let named = members.filter(\.value.isNamed)
            if named.count == 1 { return named.first?.key }
            let agents = members.filter { !$0.value.isChain }
            if agents.count == 1, owner.meaning.kind != .agent { return agents.first?.key }
        }
        return owner.meaning.agent ?? (owner.span.name.isEmpty ? nil : owner.span.name)
    }

    /// Keeps the last outcome of an agent that works directly below another one.
    mutating func note(_ item: SpanItem) {
        let name = item.meaning.agent ?? item.span.name
        if let known = members[name], known.end > item.span.end { return }
        guard members[name] != nil || members.count < 256 else { return }
        members[name] = Member(
            end: item.span.end, outcome: item.meaning.outcome, isNamed: item.isNamed,
            isChain: item.meaning.kind == .chain)
    }

    /// How it ended, by its owners: the last of them, unless one of its agents failed for good.
    func outcome() -> SpanMeaning.Outcome {
        guard let last = owners.max(by: { $0.span.end < $1.span.end }) ?? root else { return .succeeded }
        if last.meaning.outcome == .succeeded {
            if let stopped, lastWorkAt.map({ $0 <= stopped.at }) ?? true { return stopped.outcome }
            let good = members.values.filter { $0.outcome == .succeeded }.map(\.end).max()
            let failed = members.values.filter { member in
                member.outcome != .succeeded && !(member.isChain && good.map { $0 > member.end } ?? false)
            }
            if let failed = failed.max(by: { $0.end < $1.end }) { return failed.outcome }
        }
        return last.meaning.outcome
    }
}
