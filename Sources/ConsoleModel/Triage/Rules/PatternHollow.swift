import PatternDetection
import WireProtocol

extension TriageRule {
    /// Creation succeeds, and the dispatcher can do nothing.
    static let patternHollow = TriageRule.pattern(
        .hollow, urgency: .brokenPath,
        checks: "A path's dispatcher slot exists but is nil, and no tool classes are configured.",
        advice: "Give the path tool classes, or set the dispatcher that its slot is waiting for.")
}
