import PatternDetection
import WireProtocol

extension TriageRule {
    /// One dispatcher for everybody: the legacy pattern.
    static let patternSingleton = TriageRule.pattern(
        .singleton, urgency: .legacy,
        checks: "A path serves all its users with one global dispatcher.",
        advice: "Move the path's initialisation to a dispatcher factory with its own tool classes.")
}
