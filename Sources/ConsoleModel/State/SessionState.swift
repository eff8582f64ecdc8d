import PatternDetection
import WireProtocol

/// One session as the console knows it, from snapshots and events together.
public struct SessionState: OwnedValue {
    /// Its id, with its user where another one had the same id first.
    public internal(set) var key: OwnedSymbol
    /// Whose.
    public internal(set) var user = Symbol.none
    /// 1, or 2 for a user's second session that lives at the same time, and so on.
    public internal(set) var ordinal = 1
    /// Which path it came in by.
    public internal(set) var path = Symbol.none
    /// The service that it belongs to, of OpenTelemetry's `service.name`; none where the source names none.
    public internal(set) var service = Symbol.none
    /// The dispatcher that serves it.
    public internal(set) var dispatcher = Symbol.none
    /// What the backend or the events say it does; what is derived from time is added by ``ConsoleState``.
    public internal(set) var state = SessionRecord.State.unknown
    /// Whether it waits for a worker that takes its run, and not for a person.
    public internal(set) var isQueued = false
    /// The moments of its life.
    public internal(set) var times = Times()
    /// How many runs it has had.
    public internal(set) var runCount = 0
    /// The run that it had last.
    public internal(set) var lastRun = OwnedSymbol.none
    /// What that run has sent.
    public internal(set) var ledger = EventLedger()
    /// The counts of its events.
    public internal(set) var counts = Counts()
    /// How long its finished runs took, the newest last; at most 64.
    public internal(set) var finished: [FinishedRun] = []

    init(key: OwnedSymbol) { self.key = key }

    /// Its id.
    public var id: Symbol { key.id }

    /// The moments of a session's life.
    public struct Times: Equatable, Sendable {
        /// When it was first heard of.
        public internal(set) var openedAt: Timestamp?
        /// Since when it has its state.
        public internal(set) var since: Timestamp?
        /// When its last event was sent.
        public internal(set) var lastEventAt: Timestamp?
        /// When its runs last did something: a heartbeat is a sign of life and no work.
        public internal(set) var lastUsefulAt: Timestamp?
        /// When it ended.
        public internal(set) var endedAt: Timestamp?
    }

    /// The counts of a session's events.
    public struct Counts: Equatable, Sendable {
        /// Events seen by this console.
        public internal(set) var events = 0
        /// Events that named another user.
        public internal(set) var crossings = 0
        /// Events of tool calls: starts and results.
        public internal(set) var toolEvents = 0
        /// The number of its newest event in the log, or nil.
        public internal(set) var newestEvent: Int?
    }

    /// Takes over what another session did that turned out to be this one.
    mutating func adopt(_ other: SessionState) {
        runCount = runCount.adding(other.runCount)
        counts.events = counts.events.adding(other.counts.events)
        counts.toolEvents = counts.toolEvents.adding(other.counts.toolEvents)
        finished.append(contentsOf: other.finished)
        if finished.count > 64 { finished.removeFirst(finished.count - 64) }
        if let mine = times.lastEventAt {
            guard let theirs = other.times.lastEventAt, theirs >= mine else { return }
        }
        (lastRun, ledger, times.lastEventAt) = (other.lastRun, other.ledger, other.times.lastEventAt)
        counts.newestEvent = other.counts.newestEvent ?? counts.newestEvent
        if !isEnded, !other.isEnded { (state, times.since) = (other.state, other.times.since) }
    }

    /// Whether it is over.
    public var isEnded: Bool { state == .ended }
}

/// When a run finished, and how long it took.
public struct FinishedRun: Hashable, Sendable {
    /// When it finished.
    public let at: Timestamp
    /// How long it took.
    public let took: Duration
}
