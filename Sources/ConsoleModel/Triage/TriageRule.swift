import PatternDetection
import WireProtocol

/// One automatic check over everything the console knows.
public struct TriageRule: Sendable {
    /// The id of the contract, in kebab-case (DESIGN.md §1).
    public let id: String
    /// What it checks, as one sentence.
    public let checks: String
    /// Its limits, in words; "none" where a single fact decides.
    public let threshold: String
    /// Where the rule and its numbers come from.
    public let source: String
    /// What a person should do, as one sentence.
    public let advice: String
    /// How urgent its findings are, unless the finding itself decides.
    public let severity: Severity
    /// Where its findings rank within their severity.
    public let urgency: Urgency
    /// The numbers that it compares with; `--rule ID.NAME=VALUE` changes one.
    public internal(set) var limits: [RuleLimit] = []
    /// Which rows its findings show, in words.
    public internal(set) var rows = ""
    /// When it stays silent although something looks like it, in words.
    public internal(set) var silence = ""
    /// What it sees in a state.
    public let check: @Sendable (ConsoleState) -> [Observation]

    /// Every rule. Add one here and its file in `Rules/`.
    public static let all: [TriageRule] = [
        .runCrossed, .resultForeign, .contextReused, .dispatcherShared,
        .creationFailing, .patternMissingComponent, .patternUnconfigured, .patternHollow, .healthLies,
        .startupStuck, .runsFailing, .runImpersonated, .runUnfinished, .runGrammar,
        .dispatcherEvicted, .dispatcherHalfBuilt, .dispatcherOrphaned, .dispatcherLeaked, .limitReached,
        .pathUnregistered, .verdictDisagrees, .patternRegressed, .replicasMixed, .toolEventsMissing,
        .knownFailure, .runStalled, .runNoProgress, .sessionLooping, .toolSlow, .toolFailing, .reconnectLoop,
        .contextChurn, .backendRestarting, .healthSlow, .eventFlood, .clockSkew, .sessionWaiting,
        .patternSingleton, .patternMixed, .migrationHalfway, .patternFactoryFallback, .patternUnexpected,
        .legacyUnused, .healthPessimistic, .healthContradicts, .eventsLost,
    ]

    /// The longest healthy silence of an open run, unless ``runStalled``'s limits say otherwise.
    public static let patience = Duration.seconds(30)
}

extension ConsoleState {
    /// What every rule says now, most urgent first, with the settings of `--rule` applied.
    public func triage(rules: [TriageRule] = TriageRule.all) -> [Finding] {
        var findings: [Finding] = []
        for rule in rules where ruleSettings[rule.id] != .off {
            for seen in rule.check(self) {
                let severity: Severity
                switch ruleSettings[rule.id] {
                case .warning: severity = .warning
                case .critical: severity = .critical
                case .off, nil: severity = seen.severity ?? rule.severity
                }
                var finding = Finding(
                    rule: rule.id, severity: severity, urgency: seen.urgency ?? rule.urgency,
                    backend: seen.backend, subject: seen.subject, summary: seen.summary,
                    evidence: seen.evidence, advice: seen.advice ?? rule.advice, since: seen.since)
                if finding.since == nil { finding.since = firstSeen[finding.key] ?? now }
                findings.append(finding)
            }
        }
        return findings.sorted(by: Finding.isMoreUrgent)
    }

    /// Evidence that this console derived itself: a name, a value and where it was seen.
    static func row(_ field: String, _ value: String, _ source: String, at: Timestamp?) -> EvidenceRecord {
        EvidenceRecord(Evidence(EvidenceField(rawValue: field), value, source: source), at: at)
    }
}
