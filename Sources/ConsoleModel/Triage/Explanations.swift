import PatternDetection
import WireProtocol

/// The words of `ctxtop explain ID`: what a rule or a verdict means and what to do.
public struct Explanation: Hashable, Sendable {
    /// A rule's id, or a verdict's name.
    public let id: String
    /// What it means.
    public let meaning: String
    /// Its limits, or the evidence that decides it.
    public let threshold: String
    /// Where it comes from.
    public let source: String
    /// What to do.
    public let advice: String
    /// How urgent it is by itself.
    public let severity: Severity

    /// Every rule, then every verdict.
    public static let all: [Explanation] = rules + verdicts

    /// The explanation of an id; case counts, as on the wire.
    public static func of(_ id: String) -> Explanation? { all.first { $0.id == id } }

    private static let rules = TriageRule.all.map { rule in
        Explanation(
            id: rule.id, meaning: rule.checks, threshold: rule.threshold, source: rule.source,
            advice: rule.advice, severity: rule.severity)
    }

    private static let verdicts: [Explanation] = [
        verdict(
            .factory, "Each user context gets its own dispatcher, made from configured tool classes.",
            "tool_classes is a count, and the legacy slot is absent or nil", "Nothing: this is the target."),
        verdict(
            .factoryFallback,
            "The factory pattern, but reached by hard-coded classes or an alias of the bridge.",
            "tool_classes_source is fallback, or bridge_source is alias",
            TriageRule.patternFactoryFallback.advice),
        verdict(
            .singleton, "One global dispatcher serves everybody: legacy, migration needed.",
            "the legacy slot is present, and there are no tool classes", TriageRule.patternSingleton.advice),
        verdict(
            .mixed, "Both patterns are set at once; which one wins is stated.",
            "tool_classes is a count, and the legacy slot is present", TriageRule.patternMixed.advice),
        verdict(
            .hollow, "Creation succeeds with nothing to dispatch with.",
            "the legacy slot or its holder exists but is nil, and there are no tool classes",
            TriageRule.patternHollow.advice),
        verdict(
            .unconfigured, "Neither pattern is configured; creation raises a configuration error.",
            "no tool classes, no legacy slot", TriageRule.patternUnconfigured.advice),
        verdict(
            .missingComponent(""), "A component that the path's own code requires is absent or nil.",
            "a requires row names it, or neither bridge slot is set",
            TriageRule.patternMissingComponent.advice),
        verdict(
            .unknown, "This source exposes no evidence that could decide; nothing is guessed.",
            "no trusted row with a known field", "Expose the path's evidence: see WIRE.md, Evidence."),
    ]

    private static func verdict(
        _ verdict: Verdict, _ meaning: String, _ threshold: String, _ advice: String
    ) -> Explanation {
        Explanation(
            id: verdict.name, meaning: meaning, threshold: threshold,
            source: "DESIGN.md §1; WIRE.md, Evidence",
            advice: advice, severity: verdict.severity)
    }
}
