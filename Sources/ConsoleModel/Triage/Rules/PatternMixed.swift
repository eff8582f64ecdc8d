import PatternDetection
import WireProtocol

extension TriageRule {
    /// Both patterns at once; which one wins is stated.
    static let patternMixed = TriageRule.pattern(
        .mixed, urgency: .legacy,
        checks: "A path has evidence of the factory and of the global dispatcher at once.",
        advice: "Remove the global dispatcher once every path creates its own.")
}
