import ConsoleModel
import PatternDetection
import WireProtocol

extension RuleStory {
    /// One for each verdict that is worse than ok: the rows that decide it, and those next to them.
    static let ofPatterns: [RuleStory] = [
        pattern(
            "singleton", [(.toolClasses, "absent"), (.toolDispatcher, "present")],
            not: [(.toolClasses, "4"), (.toolDispatcher, "nil")]),
        pattern(
            "mixed", [(.toolClasses, "4"), (.toolDispatcher, "present")],
            not: [(.toolClasses, "empty"), (.toolDispatcher, "present")]),
        pattern(
            "hollow", [(.toolClasses, "empty"), (.toolDispatcher, "nil")],
            not: [(.toolClasses, "1"), (.toolDispatcher, "nil")]),
        pattern(
            "unconfigured", [(.toolClasses, "absent"), (.toolDispatcher, "absent")],
            not: [(.toolClasses, "absent"), (.toolDispatcher, "present")]),
        pattern(
            "missingComponent",
            [(.toolClasses, "4"), (.toolDispatcher, "nil"), (.requires, "tool_dispatcher")],
            not: [(.toolClasses, "4"), (.toolDispatcher, "present"), (.requires, "tool_dispatcher")]),
        pattern(
            "factoryFallback", [(.toolClasses, "4"), (.toolClassesSource, "fallback")],
            not: [(.toolClasses, "4"), (.toolClassesSource, "configured")]),
    ]

    /// The look-alike is always the same: rows of which the sender says that they prove nothing.
    private static func pattern(
        _ name: String, _ rows: [(EvidenceField, String)], not others: [(EvidenceField, String)]
    ) -> RuleStory {
        RuleStory(
            "pattern-\(name)", fires: { $0.path(.sample(rows)) }, spares: { $0.path(.sample(others)) },
            silent: { story in
                var record = PathRecord(path: .http)
                record.evidence = rows.map {
                    EvidenceRecord(
                        Evidence($0.0, $0.1, source: "health", trust: .untrusted(reason: "a constant")),
                        at: nil)
                }
                story.path(record)
            })
    }
}
