import PatternDetection
import WireProtocol

/// One consumer path as the console knows it, with the console's own judgement.
public struct PathState: Equatable, Sendable {
    /// What was received about it; ``PathRecord/detected`` is the sender's word, kept to compare.
    public internal(set) var record: PathRecord { didSet { judge(unlessAs: oldValue.evidence) } }
    /// How we judge it, by the evidence in ``record``.
    public private(set) var judgement: Judgement
    /// Whether a snapshot or a `ctxtop.path` event declared it.
    public internal(set) var isDeclared = false
    /// When it was first heard of.
    public internal(set) var firstSeenAt: Timestamp?
    /// Since when the judgement is what it is, as far as was seen.
    public internal(set) var judgedSince: Timestamp?
    /// Since when its creations fail without a success between.
    public internal(set) var failingSince: Timestamp?
    /// Which verdicts it had, oldest first, each with its begin and its creations; at most 32.
    public internal(set) var stretches: [PatternStretch] = []
    /// Its creations, by minute.
    public internal(set) var outcomes: [OutcomeMinute] = []

    /// How many creations ended well and badly within one minute.
    public struct OutcomeMinute: Hashable, Sendable {
        /// The minute, counted from the epoch.
        public let minute: Int64
        /// Creations that succeeded, fallbacks included.
        public internal(set) var succeeded = 0
        /// Creations that failed.
        public internal(set) var failed = 0
    }

    init(_ record: PathRecord) {
        self.record = record
        judgement = record.judgement
    }

    /// Notes the verdict of now; a new one begins a stretch.
    mutating func noteStretch(at moment: Timestamp) {
        guard judgement.verdict != .unknown, stretches.last?.verdict != judgement.verdict else { return }
        stretches.append(PatternStretch(verdict: judgement.verdict, since: moment))
        if stretches.count > 32 { stretches.removeFirst() }
    }

    private mutating func judge(unlessAs evidence: [EvidenceRecord]) {
        if record.evidence != evidence { judgement = record.judgement }
    }

    /// Counts one creation in its minute; ten minutes are kept.
    mutating func count(succeeded: Bool, at moment: Timestamp) {
        let minute = moment.milliseconds / 60_000
        if outcomes.last?.minute != minute {
            outcomes.append(OutcomeMinute(minute: minute))
            if outcomes.count > 11 { outcomes.removeFirst() }
        }
        if !stretches.isEmpty {
            if succeeded {
                stretches[stretches.count - 1].created += 1
            } else {
                stretches[stretches.count - 1].failed += 1
            }
        }
        if succeeded {
            outcomes[outcomes.count - 1].succeeded += 1
        } else {
            outcomes[outcomes.count - 1].failed += 1
        }
    }

    /// Notes which pattern served a creation, as the backend does in its snapshots.
    mutating func noteUse(of pattern: Verdict, at moment: Timestamp) {
        guard pattern != .unknown else { return }
        record.lastUsedAt[pattern.name] = max(record.lastUsedAt[pattern.name] ?? moment, moment)
    }

    /// The creations of the last ten minutes.
    public func recentOutcomes(now: Timestamp) -> (succeeded: Int, failed: Int) {
        let first = now.milliseconds / 60_000 - 9
        return outcomes.filter { $0.minute >= first }.reduce((0, 0)) {
            ($0.0 + $1.succeeded, $0.1 + $1.failed)
        }
    }
}

/// A time in which one verdict held on a path.
public struct PatternStretch: Hashable, Sendable {
    /// The verdict.
    public let verdict: Verdict
    /// Since when, as far as was seen.
    public let since: Timestamp
    /// Creations that succeeded in it, as far as events told.
    public internal(set) var created = 0
    /// Creations that failed in it, as far as events told.
    public internal(set) var failed = 0

    init(verdict: Verdict, since: Timestamp) {
        self.verdict = verdict
        self.since = since
    }
}
