import PatternDetection
import WireProtocol

extension TriageRule {
    /// Neither pattern is configured.
    static let patternUnconfigured = TriageRule.pattern(
        .unconfigured, urgency: .brokenPath,
        checks: "A path has neither tool classes nor a global dispatcher.",
        advice: "Configure tool classes for the path before it accepts work.")
}
