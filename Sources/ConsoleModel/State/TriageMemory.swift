import PatternDetection
import WireProtocol

/// What triage must remember of one backend because no record holds it any more.
///
/// Every part is bounded; identities are texts, so that letting symbols go costs nothing here.
public struct TriageMemory: Equatable, Sendable {
    /// How many crossings are kept; more are only counted.
    static let maximumCrossings = 100
    /// How many users' openings are kept.
    static let maximumUsers = 2_000

    /// Known failures whose words were seen, by signature id.
    public internal(set) var signatures: [String: SignatureTally] = [:]
    /// Proven breaches of isolation, oldest first.
    public internal(set) var crossings: [Crossing] = []
    /// Runs of probes, by path.
    public internal(set) var probes: [ConsumerPath: ProbeTally] = [:]
    /// How calls of each tool ended, by name.
    var tools: [String: ToolTally] = [:]
    /// When each user opened sessions lately, by path and user.
    var openings: [String: [Timestamp]] = [:]
    /// What each replica behind this address says of its paths.
    var replicas: [String: ReplicaVerdicts] = [:]
    /// The boots that answered behind this address.
    var boots = SeenBoots()
    /// When another boot or replica answered.
    var restartsAt: [Timestamp] = []
    /// The patterns that paths were on before the last restart.
    var earlierStretches: [ConsumerPath: [PatternStretch]] = [:]
    /// Whose each context id is.
    var contextOwners: [ContextID: UserID] = [:]

    /// Adds a crossing, within the bound.
    mutating func note(_ crossing: Crossing) {
        if crossings.contains(where: { $0.kind == crossing.kind && $0.subject == crossing.subject }) {
            return
        }
        if crossings.count < Self.maximumCrossings { crossings.append(crossing) }
    }

    /// Counts a session that a user opened.
    mutating func noteOpening(user: String, path: String, at moment: Timestamp) {
        guard !path.isEmpty, !SyntheticMark.isCanary(user) else { return }
        let key = path + "\n" + user
        if openings[key] == nil, openings.count >= Self.maximumUsers {
            openings = openings.filter { moment.since($0.value.last ?? moment) < .seconds(300) }
            if openings.count >= Self.maximumUsers { return }
        }
        openings[key, default: []].append(moment)
        if openings[key, default: []].count > 64 { openings[key]?.removeFirst() }
    }

    /// Counts how a tool's call ended.
    mutating func noteTool(_ tool: String, failed: Bool, at moment: Timestamp) {
        guard tools[tool] != nil || tools.count < 500 else { return }
        tools[tool, default: ToolTally()].note(failed: failed, at: moment)
    }

    /// Counts a failure's words, where a signature knows them.
    mutating func noteFailure(
        _ text: String, source: FailureSignature.Source, path: ConsumerPath?, at moment: Timestamp
    ) {
        guard let signature = FailureSignature.matching(text, in: [source]) else { return }
        var tally =
            signatures[signature.id] ?? SignatureTally(firstAt: moment, sample: String(text.prefix(300)))
        tally.count = tally.count.adding(1)
        tally.lastAt = max(tally.lastAt, moment)
        tally.path = path ?? tally.path
        tally.source = source
        signatures[signature.id] = tally
    }

    /// Keeps what a replica says of its paths.
    mutating func note(replica: String, _ verdicts: [ConsumerPath: Verdict], at moment: Timestamp) {
        guard replicas[replica] != nil || replicas.count < 64 else { return }
        replicas[replica] = ReplicaVerdicts(verdicts: verdicts, at: moment)
    }
}

/// How often a known failure was seen.
public struct SignatureTally: Equatable, Sendable {
    /// How often.
    public internal(set) var count = 0
    /// When first.
    public let firstAt: Timestamp
    /// When last.
    public internal(set) var lastAt: Timestamp
    /// Its words when it was first seen, cut to 300 characters.
    public let sample: String
    /// On which path, where that was said.
    public internal(set) var path: ConsumerPath?
    /// Where it was seen last.
    public internal(set) var source = FailureSignature.Source.run

    init(firstAt: Timestamp, sample: String) {
        self.firstAt = firstAt
        lastAt = firstAt
        self.sample = sample
    }
}

/// How the runs of a probe ended on one path.
public struct ProbeTally: Equatable, Sendable {
    /// Runs that completed.
    public internal(set) var passed = 0
    /// Runs that failed or were lost.
    public internal(set) var failed = 0
    /// Whether the last one completed.
    public internal(set) var hasPassedLast = false
    /// When the last one ended; nil where its source names no time.
    public internal(set) var at: Timestamp?

    /// Counts a run that ended.
    mutating func note(passed isPassed: Bool, at moment: Timestamp?) {
        if isPassed { passed = passed.adding(1) } else { failed = failed.adding(1) }
        // A snapshot lists the runs in no order of time.
        if let moment, let at, moment < at { return }
        (hasPassedLast, at) = (isPassed, moment ?? at)
    }
}

/// How the last 64 calls of a tool ended: a set bit is a failure, the lowest bit is the newest.
struct ToolTally: Equatable, Sendable {
    private(set) var bits: UInt64 = 0
    private(set) var count = 0
    private(set) var failedAt: Timestamp?

    mutating func note(failed: Bool, at moment: Timestamp) {
        bits = bits << 1 | (failed ? 1 : 0)
        count = count.adding(1)
        if failed { failedAt = moment }
    }

    /// How many of the newest `number` calls failed.
    func failures(ofNewest number: Int) -> Int {
        (bits & (number >= 64 ? .max : (1 << UInt64(number)) - 1)).nonzeroBitCount
    }
}

/// What one replica says of its paths, and when it said so.
struct ReplicaVerdicts: Equatable, Sendable {
    let verdicts: [ConsumerPath: Verdict]
    let at: Timestamp
}
