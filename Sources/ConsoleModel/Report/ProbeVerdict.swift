public import PatternDetection
public import WireProtocol

/// One run of a probe's user on one path, as it was delivered.
public struct ProbeRun: Equatable, Sendable {
    /// The path that was tried.
    public let path: ConsumerPath
    /// The probe's user.
    public let user: String
    /// Its session; nil when none was opened.
    public var session: String?
    /// Its run; nil when none was started.
    public var run: String?
    /// What was delivered, in arrival order, as events of AG-UI.
    public var events: [JSONValue] = []
    /// Why the run did not end well; nil when it did.
    public var failure: String?
    /// Whether anybody answered.
    public var wasAnswered = true
    /// How long it took.
    public var took = Duration.zero

    /// A run of which nothing is known yet.
    public init(path: ConsumerPath, user: String) { (self.path, self.user) = (path, user) }
}

/// What a probe's run proves: that it ended, kept the run grammar, and saw nothing of anybody else.
public struct ProbeVerdict: Equatable, Sendable {
    /// The run.
    public let run: ProbeRun
    /// In which ways its events break the run grammar.
    public let violations: [String]
    /// Events of others that were delivered to it, in words; at most 10.
    public let crossings: [String]
    /// How many those are in all.
    public let crossingCount: Int
    /// Which of the operator's words came, in the order of a run.
    public let words: [OperatorWord]

    /// Whether everything was as it should be.
    public var hasPassed: Bool { run.failure == nil && violations.isEmpty && crossingCount == 0 }

    /// Judges a run.
    public init(_ run: ProbeRun) {
        self.run = run
        let foreign = run.events.compactMap { Self.crossing($0, to: run) }
        (crossings, crossingCount) = (Array(foreign.prefix(10)), foreign.count)
        let seen = Set(run.events.compactMap { $0["type"]?.string.flatMap(Self.word) })
        words = OperatorWord.allCases.filter(seen.contains)
        violations = run.run.map { Self.violations(of: $0, in: run.events) } ?? []
    }

    private static func word(_ type: String) -> OperatorWord? {
        EventType.allCases.first { "\($0.wireName)" == type }?.operatorWord
    }

    /// What an event says of somebody else; nil when it is the canary's own or names nobody.
    private static func crossing(_ event: JSONValue, to run: ProbeRun) -> String? {
        let about = event["metadata"]
        let what = event["type"]?.string ?? "event"
        if let user = about?["user"]?.string, user != run.user { return "\(what) of \(user)" }
        if let session = about?["session"]?.string, let own = run.session, session != own {
            return "\(what) of session \(session)"
        }
        if let other = event["runId"]?.string ?? about?["run"]?.string, let own = run.run, other != own {
            return "\(what) of run \(other)"
        }
        return nil
    }

    /// The same reading of a run's events as the console's, from its first to its last.
    private static func violations(of run: String, in events: [JSONValue]) -> [String] {
        let key = BackendKey(0)
        let times = events.compactMap { $0["timestamp"]?.integer }
        let end = Timestamp(milliseconds: times.max() ?? 0)
        var store = Store(ConsoleState(now: end))
        _ = store.send(.addBackend(key, url: "probe"))
        let lines = events.map { $0.serialized + [0x0A] }.joined()
        _ = store.send(.received(key, .events(EventBatch(lines: Array(lines))), at: end))
        _ = store.send(.received(key, .link(.ended, reason: nil, retryIn: nil), at: end))
        let contract = store.state.contract()
        var violations = contract.violated.first { $0.key.id.rawValue == run }?.violations ?? []
        // The canary was there from the beginning, which a console that joins a stream does not claim.
        let first = events.first { ($0["runId"]?.string ?? $0["metadata"]?["run"]?.string) == run }
        let missingStart = RunGrammar.Violation.missingStart.rawValue
        if let first, first["type"]?.string != "RUN_STARTED", !violations.contains(missingStart) {
            violations.insert(missingStart, at: 0)
        }
        if contract.open > 0, violations.isEmpty { violations = ["missing: agent_completed or agent_error"] }
        return violations
    }
}
