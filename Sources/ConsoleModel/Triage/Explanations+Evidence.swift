import PatternDetection

extension Explanation {
    /// Every verdict of pattern detection.
    static let verdicts: [Explanation] = [
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
            id: verdict.name, kind: .verdict, meaning: meaning, threshold: threshold,
            source: "DESIGN.md §1; WIRE.md, Evidence", advice: advice, severity: verdict.severity)
    }

    /// Every evidence field that can decide or contradict a verdict.
    static let fields: [Explanation] = EvidenceField.known.map { field in
        let (meaning, values): (String, String) =
            switch field {
            case .toolClasses: ("How many tool classes this path's factory has.", "absent | empty | a number")
            case .toolDispatcher: ("The application-wide dispatcher slot.", "absent | nil | present")
            case .agentSupervisor:
                ("The holder of the legacy slot in supervisor-based backends.", "absent | nil | present")
            case .supervisorDispatcher: ("The legacy slot inside the supervisor.", "absent | nil | present")
            case .websocketBridge:
                ("The primary slot of the bridge that carries events.", "absent | nil | present")
            case .agentWebsocketBridge:
                ("The bridge slot under its older name, the alias.", "absent | nil | present")
            case .bridgeSource: ("Which bridge slot the path took.", "primary | alias")
            case .toolClassesSource: ("Where the tool classes came from.", "configured | fallback")
            case .requires: ("A component that this path's own code insists on.", "the component's name")
            default: ("A fact that this version does not know; it decides nothing.", "any")
            }
        return Explanation(
            id: field.rawValue, kind: .field, meaning: meaning, threshold: values,
            source: "WIRE.md, Evidence",
            advice: "Expose it per path: another path's value is no evidence for this one.", severity: .ok)
    }
}
