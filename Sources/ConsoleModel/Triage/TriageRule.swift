import PatternDetection
import WireProtocol

/// One automatic check of a backend.
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
    /// How it looks at backends.
    public let check: Check

    /// How a rule looks at backends, and what it then says about one of them.
    public enum Check: Sendable {
        /// At each backend alone.
        case each(@Sendable (BackendView) -> [Observation])
        /// At each backend beside all of them, which it compares; the second argument includes the first.
        case comparing(@Sendable (BackendView, [BackendView]) -> [Observation])
    }

    /// Every rule. Add one here and its file in `Rules/`.
    public static let all: [TriageRule] = [
        .backendUnreachable, .notReadable, .runCrossed, .resultForeign, .contextReused, .dispatcherShared,
        .creationFailing, .patternMissingComponent, .patternUnconfigured, .patternHollow, .healthLies,
        .startupStuck, .runsFailing, .runImpersonated, .runUnfinished, .runGrammar,
        .dispatcherEvicted, .dispatcherHalfBuilt, .dispatcherOrphaned, .dispatcherLeaked, .limitReached,
        .pathUnregistered, .verdictDisagrees, .patternRegressed, .replicasMixed, .instancesMixed,
        .toolEventsMissing,
        .knownFailure, .runStalled, .runNoProgress, .sessionLooping, .toolSlow, .toolFailing, .reconnectLoop,
        .contextChurn, .backendRestarting, .healthSlow, .eventFlood, .clockSkew, .sessionWaiting,
        .patternSingleton, .patternMixed, .migrationHalfway, .patternFactoryFallback, .patternUnexpected,
        .legacyUnused, .listPartial, .healthPessimistic, .healthContradicts, .eventsLost,
    ]

    /// The rules whose findings mean that something is not known: `check` exits 3 for them, not 1 or 2.
    public static let unknowing = [notReadable.id, backendUnreachable.id]

    /// The longest healthy silence of an open run, unless ``runStalled``'s limits say otherwise.
    public static let patience = Duration.seconds(30)
}

extension TriageRule {
    /// The rules that compare backends and so see all of them; every other rule sees one.
    public static var comparing: [TriageRule] {
        all.filter { rule in
            switch rule.check {
            case .comparing: true
            case .each: false
            }
        }
    }

    /// A rule that looks at each backend alone.
    init(
        id: String, checks: String, threshold: String, source: String, advice: String, severity: Severity,
        urgency: Urgency, limits: [RuleLimit] = [], rows: String = "", silence: String = "",
        check: @escaping @Sendable (BackendView) -> [Observation]
    ) {
        self.init(
            id: id, checks: checks, threshold: threshold, source: source, advice: advice, severity: severity,
            urgency: urgency, limits: limits, rows: rows, silence: silence, check: .each(check))
    }
}

extension ConsoleState {
    /// What every rule says now, most urgent first, with the settings of `--rule` applied.
    public func triage(rules: [TriageRule] = TriageRule.all) -> [Finding] {
        var rulings = StandingRulings(rules: rules)
        return rulings.findings(in: self)
    }

    /// Evidence that this console derived itself: a name, a value and where it was seen.
    static func row(_ field: String, _ value: String, _ source: String, at: Timestamp?) -> EvidenceRecord {
        EvidenceRecord(Evidence(EvidenceField(rawValue: field), value, source: source), at: at)
    }
}
