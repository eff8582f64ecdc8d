import PatternDetection
import WireProtocol

/// Everything the console knows about one backend.
public struct BackendState: Equatable, Sendable {
    /// Which of the console's backends.
    public let key: BackendKey
    /// The address it is reached at.
    public let url: String
    /// How the link stands.
    public internal(set) var link = LinkStatus()
    /// Who it says it is.
    public internal(set) var identity = BackendIdentity()
    /// Which dialect it speaks, and what that cannot see.
    public internal(set) var dialect = DialectStatus()
    /// Its health endpoint's last answer.
    public internal(set) var health = HealthAnswer()
    /// What was received from it, and what could not be used.
    public internal(set) var reception = Reception()
    /// Its consumer paths, by name.
    public internal(set) var paths = SymbolMap<PathState>()
    /// Its sessions, by id and user.
    public internal(set) var sessions = OwnedMap<SessionState>()
    /// Its runs, by id and user.
    public internal(set) var runs = OwnedMap<RunState>()
    /// Its dispatchers, by id.
    public internal(set) var dispatchers = SymbolMap<DispatcherState>()
    /// The parts of its snapshot that events do not change.
    public internal(set) var extras = SnapshotExtras()
    /// What was counted and measured.
    public internal(set) var statistics = BackendStatistics()
    /// What triage remembers beyond the records.
    public internal(set) var memory = TriageMemory()
    /// Sessions, runs and dispatchers that are over, oldest first, until they are let go.
    var past = Past()

    init(key: BackendKey, url: String) {
        self.key = key
        self.url = url
    }

    /// Its name, or its address while it has not said one.
    public var name: String { identity.name.isEmpty ? url : identity.name }

    /// Whether that session is known to be over; asks without copying it.
    func isEnded(_ session: OwnedSymbol) -> Bool {
        sessions.place(session).map { sessions.values[$0].state == .ended } ?? false
    }

    /// Whether that session waits for a person, so that the silence of its run means nothing.
    func isWaiting(_ session: OwnedSymbol) -> Bool {
        sessions.place(session).map { sessions.values[$0].state == .waiting } ?? false
    }

    /// The run if it is open; a closed one is not worth its copy.
    func openRun(_ run: OwnedSymbol) -> RunState? {
        guard let place = runs.place(run), runs.values[place].state == .open else { return nil }
        return runs.values[place]
    }

    /// How we judge a path; unknown where the path is.
    func verdict(of path: Symbol) -> Verdict {
        paths.place(path).map { paths.values[$0].judgement.verdict } ?? .unknown
    }

    /// Whether it serves evidence about patterns at all.
    public var isPatternObservable: Bool { paths.values.contains { $0.judgement.verdict != .unknown } }

    /// What its paths' verdicts say together.
    public var verdict: BackendVerdict { BackendVerdict(paths.values.map(\.judgement)) }
}

/// How a link stands.
public struct LinkStatus: Equatable, Sendable {
    /// The state.
    public internal(set) var state = LinkState.connecting
    /// Why, in words.
    public internal(set) var reason: String?
    /// When it is tried again, counted from ``since``.
    public internal(set) var retryIn: Duration?
    /// Since when.
    public internal(set) var since: Timestamp?
    /// Whether it was ever connected.
    var wasConnected = false
}

/// Who a backend says it is.
public struct BackendIdentity: Equatable, Sendable {
    /// Its name.
    public internal(set) var name = ""
    /// Its version.
    public internal(set) var version: String?
    /// Which replica.
    public internal(set) var instance: String?
    /// Which start of it.
    public internal(set) var bootID: String?
    /// When it started.
    public internal(set) var startedAt: Timestamp?
    /// How start-up went.
    public internal(set) var startup = StartupRecord()
    /// How often another instance or boot answered behind the same address.
    public internal(set) var restarts = 0
}

/// Which dialect a backend speaks.
public struct DialectStatus: Equatable, Sendable {
    /// The dialect's name; empty until one is chosen.
    public internal(set) var name = ""
    /// What it can see, and what would show the rest.
    public internal(set) var coverage = Coverage.whole

    /// The parts that it cannot see, and why.
    public var notObservable: [String] { coverage.notObservable }
}

/// A health endpoint's last answer.
public struct HealthAnswer: Equatable, Sendable {
    /// Normalised; unknown until one came.
    public internal(set) var record = HealthRecord()
    /// Raw.
    public internal(set) var body: [UInt8] = []
    /// When it arrived; nil until one came.
    public internal(set) var receivedAt: Timestamp?
    /// Since when the status is what it is.
    public internal(set) var since: Timestamp?
}

/// What was received from a backend, and what could not be used.
public struct Reception: Equatable, Sendable {
    /// The counters of the snapshot document.
    public internal(set) var counters = CountersRecord()
    /// Events of types that this version does not know, by type; at most 100 types.
    public internal(set) var unknownTypes: [String: Int] = [:]
    /// What was refused last, and why.
    public internal(set) var lastRefusal: String?
    /// Announced addresses that could not be read, by address; at most ``maximumUnread``.
    public internal(set) var unread: [String: ReadOutcome] = [:]
    /// Those of ``unread`` that a relay could not read, as its snapshot and its events report.
    var relayedUnread: [String: ReadOutcome] = [:]
    /// How many addresses that could not be read are kept; no dialect asks for more kinds of them.
    static let maximumUnread = 64
    /// What is left out of the words in its events before they are kept.
    var redaction = Redaction.secrets
    /// When anything came last, the word that a link is lost included.
    public internal(set) var lastReceivedAt: Timestamp?
    /// When the backend itself said anything last.
    public internal(set) var lastAnswerAt: Timestamp?
    /// How far its clock is ahead of ours; nil until an event or an answer told.
    public private(set) var clockSkew: Duration?
    /// The last measurements that found it behind.
    private var lags: [Duration] = []
    /// Whether a snapshot has come.
    public internal(set) var hasSnapshot = false
    /// Whether the source names the services that its sessions belong to.
    var namesServices = false
    /// The time of the first event since we joined or lost some; runs that were open then are joined midway.
    var joinedAt: Timestamp?
    /// Whether the start of every run that is open was seen: a snapshot listed them, and no event was lost since.
    var seesStarts = false
    /// The time of the newest event.
    public internal(set) var lastEventAt: Timestamp?
    /// Ended rows that the snapshot or this console left out.
    public internal(set) var omitted = Omitted()

    /// Takes one measurement of the clocks.
    ///
    /// What an answer takes on its way makes its clock look behind, never ahead: of the last
    /// four that look behind, the least is nearest to the truth.
    mutating func noteSkew(_ skew: Duration) {
        lags = skew < .zero ? lags.suffix(3) + [skew] : []
        clockSkew = lags.max() ?? skew
    }

    /// How many ended rows are left out.
    public struct Omitted: Equatable, Sendable {
        /// Sessions.
        public internal(set) var sessions = 0
        /// Dispatchers.
        public internal(set) var dispatchers = 0
        /// Runs.
        public internal(set) var runs = 0
    }
}

/// The parts of a snapshot that events do not change.
public struct SnapshotExtras: Equatable, Sendable {
    /// The newest user context of each session; an id that users share has one of each of them.
    public internal(set) var contexts: [SessionID: [ContextRecord]] = [:]
    /// Limits by name.
    public internal(set) var limits: [String: LimitRecord] = [:]
    /// The migration checklist as the backend sent it.
    public internal(set) var checklist: [ChecklistRecord] = []
    /// The health that the snapshot itself states, to be compared with the health endpoint's; nil where it states none.
    var health: HealthAnswer?
}

extension SnapshotExtras {
    /// The context of a session; one that names no user is that of every user.
    public func context(_ session: SessionID, of user: UserID?) -> ContextRecord? {
        contexts[session]?.first { user == nil || $0.user == nil || $0.user == user }
    }

    /// Keeps the newest context of its session and user.
    mutating func keep(_ context: ContextRecord) {
        guard let session = context.session else { return }
        contexts[session, default: []].removeAll { $0.user == context.user }
        contexts[session, default: []].append(context)
    }
}

/// Things that are over, oldest first, so that the oldest can be let go.
struct Past: Equatable, Sendable {
    /// How many ended rows of each kind are kept.
    static let maximumRows = 10_000
    /// How many more there may be before the oldest go, so that this happens rarely.
    static let slack = 256

    /// A user's live sessions: how many there are, and the number of the latest.
    struct Numbers: Equatable, Sendable {
        var live = 0
        var latest = 0
    }

    /// The users with live sessions.
    var numbers: [Symbol: Numbers] = [:]
    var sessions: [OwnedSymbol] = []
    var runs: [OwnedSymbol] = []
    var dispatchers: [Symbol] = []

    /// Counts a session that begins and returns its number, which no other live session of the user has.
    mutating func number(of user: Symbol) -> Int {
        numbers[user, default: Numbers()].live += 1
        numbers[user, default: Numbers()].latest += 1
        return numbers[user]?.latest ?? 1
    }

    /// Counts a session that ended; after the user's last one the numbers begin again.
    mutating func endOne(of user: Symbol) {
        guard let live = numbers[user]?.live else { return }
        if live > 1 { numbers[user]?.live = live - 1 } else { numbers[user] = nil }
    }
}
