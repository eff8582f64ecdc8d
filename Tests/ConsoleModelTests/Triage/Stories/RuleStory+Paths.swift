import ConsoleModel
import PatternDetection
import WireProtocol

extension RuleStory {
    /// Creations, and what is said of whole paths.
    static let ofPaths: [RuleStory] = [
        RuleStory(
            "creation-failing", fires: { creation("error", &$0) }, spares: { creation("ok", &$0) },
            silent: { story in
                for _ in 0..<9 { creation("error", &story) }
                creation("ok", &story)
            }),
        RuleStory(
            "health-lies",
            fires: { health(.pass, over: [(.toolClasses, "absent"), (.toolDispatcher, "absent")], &$0) },
            spares: { health(.warn, over: [(.toolClasses, "absent"), (.toolDispatcher, "absent")], &$0) },
            silent: { health(.pass, over: [], &$0) }),
        RuleStory(
            "health-pessimistic", fires: { working(.fail, &$0) }, spares: { working(.warn, &$0) },
            silent: { working(.fail, check: .fail, &$0) }),
        RuleStory(
            "path-unregistered",
            fires: { story in
                story.path(.onFactory)
                story.event(.runStarted, "r-1", path: "http:/v1/runs")
            },
            spares: { story in
                story.path(.onFactory)
                story.event(.runStarted, "r-1", path: "http")
            },
            silent: { $0.event(.runStarted, "r-1", path: "http:/v1/runs") }),
        RuleStory(
            "verdict-disagrees",
            fires: { story in
                var record = PathRecord.onSingleton
                record.detected = .factory
                story.path(record)
            },
            spares: { $0.path(.onSingleton) }, silent: { $0.path(PathRecord(path: .http)) }),
        RuleStory(
            "pattern-regressed",
            fires: { story in for record in [PathRecord.onFactory, .onSingleton] { story.path(record) } },
            spares: { story in for record in [PathRecord.onSingleton, .onFactory] { story.path(record) } },
            silent: { story in for record in [PathRecord.onFactory, .onFallback] { story.path(record) } }),
        RuleStory(
            "replicas-mixed",
            fires: { replicas(.onFactory, .onSingleton, &$0) },
            spares: { replicas(.onFactory, .onFactory, &$0) },
            silent: { story in
                replicas(.onFactory, .onSingleton, &story)
                story.wait(.seconds(601))
            },
            turns: [
                (
                    "recent=1h",
                    { story in
                        replicas(.onFactory, .onSingleton, &story)
                        story.wait(.seconds(601))
                    }
                )
            ]),
        RuleStory(
            "migration-halfway",
            fires: { two(.onFactory, .onSingleton, &$0) },
            spares: { two(.onFactory, .onFactory, &$0) },
            silent: { two(.onFactory, .onSingleton, expected: .singleton, &$0) }),
        RuleStory(
            "pattern-unexpected",
            fires: { $0.path(.sample([(.toolDispatcher, "present")], expected: .factory)) },
            spares: { $0.path(.sample([(.toolDispatcher, "present")], expected: .singleton)) },
            silent: { $0.path(.sample([(.toolDispatcher, "present")])) }),
        RuleStory(
            "legacy-unused", fires: { legacy(used: 3_601, &$0) }, spares: { legacy(used: 3_600, &$0) },
            silent: { $0.path(.sample([(.toolClasses, "4"), (.toolDispatcher, "present")])) },
            turns: [("unused=2h", { legacy(used: 3_601, &$0) })]),
    ]

    static func creation(_ status: String, _ story: inout Story) {
        story.custom(.creation, ["path": "http", "status": .string(status), "error": "no seat"])
    }

    private static func health(
        _ status: HealthStatus, over evidence: [(EvidenceField, String)], _ story: inout Story
    ) {
        story.receive(.health(HealthRecord(status), body: []))
        story.path(.sample(evidence))
    }

    private static func working(
        _ status: HealthStatus, check: HealthStatus? = nil, _ story: inout Story
    ) {
        var record = PathRecord.onFactory
        record.lastOutcome = OutcomeRecord(.ok, at: story.now)
        story.path(record)
        var health = HealthRecord(status)
        if let check { health.checks = [CheckRecord(name: "db", status: check)] }
        story.receive(.health(health, body: []))
    }

    private static func replicas(_ first: PathRecord, _ second: PathRecord, _ story: inout Story) {
        for (instance, record) in [("web-1", first), ("web-2", second)] {
            story.snapshot {
                $0.instance = instance
                $0.paths = [record]
            }
        }
    }

    private static func two(
        _ http: PathRecord, _ background: PathRecord, expected: Verdict = .unknown, _ story: inout Story
    ) {
        story.snapshot { snapshot in
            var second = background
            (second.path, second.expected) = (.background, expected)
            snapshot.paths = [http, second]
        }
    }

    private static func legacy(used seconds: Int, _ story: inout Story) {
        var record = PathRecord.sample([(.toolClasses, "4"), (.toolDispatcher, "present")])
        record.lastUsedAt = [
            "factory": story.now + .seconds(-1), "singleton": story.now + .seconds(-seconds),
        ]
        story.path(record)
    }
}

extension PathRecord {
    static let onFallback = sample([(.toolClasses, "4"), (.toolClassesSource, "fallback")])
}
