import PatternDetection
import WireProtocol

/// One backend as a rule sees it: its state, the settings, and answers about time.
///
/// The time itself is private. A rule compares with it, or prints an age, through this view, which
/// notes when the answer changes: a backend is judged again at that moment, and not before it.
public struct BackendView {
    /// The backend that is judged.
    public let backend: BackendState
    /// The texts that its records refer to.
    let symbols: SymbolTable
    /// When the console began to watch; a recording is watched from its first event on.
    let watchedSince: Timestamp
    private let now: Timestamp
    /// Whether time passes without its events; no answer about a recording changes between them.
    private let hasMovingTime: Bool
    private let limits: [String: Int64]
    private let targets: [ConsumerPath: Verdict]
    private let firstSeen: [FindingKey: Timestamp]
    private let dependencies: RulingDependencies

    /// A view of one of a state's backends; whatever is asked of it is added to the dependencies.
    init(_ backend: BackendState, in state: ConsoleState, noting dependencies: RulingDependencies) {
        self.backend = backend
        self.dependencies = dependencies
        symbols = state.symbols
        let isRecorded = backend.isRecorded
        watchedSince = isRecorded ? backend.reception.joinedAt ?? state.startedAt : state.startedAt
        now = state.now(of: backend)
        hasMovingTime = !isRecorded
        limits = state.ruleLimits
        targets = state.expected
        firstSeen = state.firstSeen
    }

    /// The text of a symbol.
    func text(_ symbol: Symbol) -> String { symbols[symbol] }

    /// The declared target of a path: `--expect` wins over the wire.
    func expected(_ path: PathState) -> Verdict { targets[path.record.path] ?? path.record.expected }

    // MARK: Subjects

    /// A run as the subject of a finding.
    func subject(_ run: RunState) -> Subject { subject(ofRun: text(run.id), of: text(run.user)) }

    /// A session as the subject of a finding.
    func subject(_ session: SessionState) -> Subject {
        subject(ofSession: text(session.id), of: text(session.user))
    }

    /// The run of that id and user as the subject of a finding.
    func subject(ofRun id: String, of user: String) -> Subject {
        let isShared = symbols.find(id).map(backend.runs.isShared) ?? false
        return .run(RunID(rawValue: id), of: isShared ? UserID(rawValue: user) : nil)
    }

    /// The session of that id and user as the subject of a finding.
    func subject(ofSession id: String, of user: String) -> Subject {
        let isShared = symbols.find(id).map(backend.sessions.isShared) ?? false
        return .session(SessionID(rawValue: id), of: isShared ? UserID(rawValue: user) : nil)
    }

    // MARK: Limits

    /// The number that is in force for a limit.
    func number(_ limit: RuleLimit) -> Int64 { limit.number(in: limits) }

    /// The time that is in force for a limit.
    func time(_ limit: RuleLimit) -> Duration { .milliseconds(number(limit)) }

    /// The limit in words, as summaries end: `limit 30s`.
    func words(_ limit: RuleLimit) -> String { "limit \(limit.words(number(limit)))" }

    // MARK: Time

    /// Whether a moment is longer ago than a duration, which has whole milliseconds.
    func isOlder(_ then: Timestamp, than age: Duration) -> Bool {
        isOlder(then, thanMilliseconds: age.wholeMilliseconds)
    }

    /// Whether a moment is longer ago than the time of a limit.
    func isOlder(_ then: Timestamp, than limit: RuleLimit) -> Bool {
        isOlder(then, thanMilliseconds: number(limit))
    }

    private func isOlder(_ then: Timestamp, thanMilliseconds age: Int64) -> Bool {
        if now.milliseconds &- then.milliseconds > age { return true }
        note(changeAt: Timestamp(milliseconds: then.milliseconds &+ age &+ 1))
        return false
    }

    /// Whether what happened then is still a finding; a file is judged whole, and what has no time is kept.
    func isRecent(_ then: Timestamp?, _ limit: RuleLimit) -> Bool {
        guard hasMovingTime, let then else { return true }
        return !isOlder(then, than: limit)
    }

    /// How long ago a moment is, as ``AgeText/exact(_:)`` words it.
    func exactAge(of then: Timestamp) -> String {
        let age = now.since(then)
        note(changeAt: now + AgeText.timeToChange(ofExact: age))
        return AgeText.exact(age)
    }

    /// How long ago a moment is, as ``AgeText/age(_:)`` words it.
    func age(of then: Timestamp) -> String {
        let age = now.since(then)
        note(changeAt: now + AgeText.timeToChange(ofAge: age))
        return AgeText.age(age)
    }

    /// The time of the judgement, for a fact without a time; the backend is then judged again by every pass.
    func momentOfJudgement() -> Timestamp {
        note(changeAt: now + .milliseconds(1))
        return now
    }

    private func note(changeAt moment: Timestamp) {
        if hasMovingTime { dependencies.note(changeAt: moment) }
    }

    // MARK: Findings

    /// Whether a finding exists already: then the lower of two limits keeps it, so that it does not flap.
    func isHeld(_ rule: String, _ subject: Subject) -> Bool {
        let key = FindingKey(backend: backend.key, id: "\(rule):\(subject.text)")
        let isHeld = firstSeen[key] != nil
        dependencies.note(key, isHeld: isHeld)
        return isHeld
    }
}

/// What the answers of a judgement depend on besides the backend's own state, collected while rules ask.
///
/// A class, because every copy of a view adds to the same collection; it lives as long as one judgement.
final class RulingDependencies {
    /// The first moment at which an answer about time changes; nil where none can.
    private(set) var changeAt: Timestamp?
    /// Which findings were asked about, and whether they existed.
    private(set) var held: [FindingKey: Bool] = [:]

    /// Notes that an answer about time changes at a moment, or not before it.
    func note(changeAt moment: Timestamp) {
        if let changeAt, changeAt <= moment { return }
        changeAt = moment
    }

    /// Notes whether a finding existed.
    func note(_ key: FindingKey, isHeld: Bool) { held[key] = isHeld }
}
