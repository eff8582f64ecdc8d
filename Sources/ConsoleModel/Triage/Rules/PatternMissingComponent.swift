import PatternDetection
import WireProtocol

extension TriageRule {
    /// A component that the path insists on is not there: the seed's incident.
    static let patternMissingComponent = TriageRule.pattern(
        .missingComponent(""), urgency: .brokenPath,
        checks: "A component that a path's own code requires is absent or nil.",
        advice: "Update the path's initialisation to the pattern that start-up sets, or set the component.")
}
