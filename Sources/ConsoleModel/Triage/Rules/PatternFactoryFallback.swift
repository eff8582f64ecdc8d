import PatternDetection
import WireProtocol

extension TriageRule {
    /// The factory pattern, but reached by hard-coded classes or an alias of the bridge.
    static let patternFactoryFallback = TriageRule.pattern(
        .factoryFallback, urgency: .notice,
        checks: "A path gets its per-user dispatchers only through a fallback.",
        advice: "Configure the path's tool classes and its primary bridge, so that no fallback is needed.")
}
