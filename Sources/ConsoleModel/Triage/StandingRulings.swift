import PatternDetection
import WireProtocol

/// What the rules said about something, and what that depends on besides its state.
private struct Ruling: Sendable {
    /// The findings; `since` is nil where the evidence has no time.
    let findings: [Finding]
    /// The first moment at which an answer about time changes; nil where none can.
    let changeAt: Timestamp?
    /// Which findings were asked about, and whether they existed.
    let held: [FindingKey: Bool]

    /// Whether judging the same facts again would say the same.
    func stands(in state: ConsoleState) -> Bool {
        if let changeAt, state.now >= changeAt { return false }
        return held.allSatisfy { key, wasHeld in (state.firstSeen[key] != nil) == wasHeld }
    }
}

/// What the rules said about each backend, kept while judging again would say the same.
///
/// A ruling depends on the backend's facts, the settings, the time, and which findings exist. The store
/// reports changed facts with ``forget(_:)``; the rest is compared with the state before each pass.
struct StandingRulings: Sendable {
    private let rules: [TriageRule]
    private var settings: Settings?
    private var rulings: [BackendKey: Ruling] = [:]
    /// What the rules that compare backends said about all of them.
    private var comparison: Ruling?

    /// The settings that rulings depend on.
    private struct Settings: Equatable, Sendable {
        let rules: [String: RuleSetting]
        let limits: [String: Int64]
        let expected: [ConsumerPath: Verdict]

        init(_ state: ConsoleState) {
            (rules, limits, expected) = (state.ruleSettings, state.ruleLimits, state.expected)
        }
    }

    /// Rulings by these rules, none of them made yet.
    init(rules: [TriageRule] = TriageRule.all) { self.rules = rules }

    /// Forgets the ruling about a backend, because its facts changed.
    mutating func forget(_ backend: BackendKey) { rulings[backend] = nil }

    /// Returns what every rule says now, most urgent first; judges only what may have changed since the last pass.
    mutating func findings(in state: ConsoleState) -> [Finding] {
        let settings = Settings(state)
        if settings != self.settings {
            self.settings = settings
            rulings = [:]
        }
        let isComplete = rulings.count == state.backends.count
        let compares = !isComplete || state.backends.contains { rulings[$0.key] == nil }
        if !isComplete { rulings = rulings.filter { state.backend($0.key) != nil } }
        var findings: [Finding] = []
        for backend in state.backends {
            let ruling =
                rulings[backend.key].flatMap { $0.stands(in: state) ? $0 : nil }
                ?? rule(on: backend, in: state)
            rulings[backend.key] = ruling
            findings += ruling.findings
        }
        if compares || comparison?.stands(in: state) != true { comparison = compare(in: state) }
        findings += comparison?.findings ?? []
        for index in findings.indices where findings[index].since == nil {
            findings[index].since =
                state.firstSeen[findings[index].key] ?? state.now(of: findings[index].backend)
        }
        return findings.sorted(by: Finding.isMoreUrgent)
    }

    /// Judges one backend by every rule that sees one.
    private func rule(on backend: BackendState, in state: ConsoleState) -> Ruling {
        let dependencies = RulingDependencies()
        let view = BackendView(backend, in: state, noting: dependencies)
        var findings: [Finding] = []
        for rule in rules where state.ruleSettings[rule.id] != .off {
            guard case .each(let check) = rule.check else { continue }
            findings += check(view).map { Finding($0, of: rule, backend.key, state.ruleSettings[rule.id]) }
        }
        return Ruling(findings: findings, changeAt: dependencies.changeAt, held: dependencies.held)
    }

    /// Judges every backend by the rules that compare them.
    private func compare(in state: ConsoleState) -> Ruling {
        let dependencies = RulingDependencies()
        let views = state.backends.map { BackendView($0, in: state, noting: dependencies) }
        var findings: [Finding] = []
        for rule in rules where state.ruleSettings[rule.id] != .off {
            guard case .comparing(let check) = rule.check else { continue }
            for view in views {
                findings += check(view, views).map {
                    Finding($0, of: rule, view.backend.key, state.ruleSettings[rule.id])
                }
            }
        }
        return Ruling(findings: findings, changeAt: dependencies.changeAt, held: dependencies.held)
    }
}

extension Finding {
    /// What a rule saw, with the severity that the settings give it.
    fileprivate init(_ seen: Observation, of rule: TriageRule, _ backend: BackendKey, _ setting: RuleSetting?)
    {
        let severity: Severity =
            switch setting {
            case .warning: .warning
            case .critical: .critical
            case .off, nil: seen.severity ?? rule.severity
            }
        self.init(
            rule: rule.id, severity: severity, urgency: seen.urgency ?? rule.urgency, backend: backend,
            subject: seen.subject, summary: seen.summary, evidence: seen.evidence,
            advice: seen.advice ?? rule.advice, since: seen.since)
    }
}
