import PatternDetection
import Testing

@Suite struct MigrationChecklistTests {
    private func path(
        _ path: ConsumerPath, _ rows: [Evidence], created: Int = 1, failed: Int = 0, fallbacks: Int = 0,
        tests: MigrationChecklist.TestResults? = nil
    ) -> MigrationChecklist.PathFacts {
        .init(
            judgement: PatternDetector.judge(path, rows), evidence: rows, created: created, failed: failed,
            fallbacks: fallbacks, tests: tests)
    }

    private static let passed = MigrationChecklist.TestResults(passed: 1, failed: 0, hasPassedLast: true)

    private let factory = [
        Evidence(.toolClasses, "4", source: "t"), Evidence(.toolDispatcher, "nil", source: "t"),
    ]
    private let checks = ["pattern:http": "factory: tool_classes 4; legacy: tool_dispatcher nil"]

    private func state(
        _ id: String, _ paths: [MigrationChecklist.PathFacts], startup: [Evidence] = [],
        checks: [String: String]? = nil
    ) -> MigrationChecklist.State? {
        MigrationChecklist.items(.init(paths: paths, startup: startup, healthChecks: checks))
            .first { $0.id == id }?.state
    }

    @Test func aMigratedBackendHasEverythingDoneButAFallback() {
        let items = MigrationChecklist.items(
            .init(
                paths: [path(.http, factory, tests: Self.passed)],
                startup: [Evidence(.toolClasses, "ok", source: "start-up")],
                healthChecks: checks))
        #expect(items.filter { $0.state != .done }.map(\.id) == ["fallbacks"])
        #expect(items.count == 7)
        #expect(items.allSatisfy { !$0.evidence.isEmpty })
        #expect(state("fallbacks", [path(.http, factory, fallbacks: 1)]) == .done)
    }

    @Test func nothingIsKnownWithoutPaths() {
        let items = MigrationChecklist.items(.init(paths: [], startup: [], healthChecks: checks))
        #expect(items.allSatisfy { $0.state == .unknown })
    }

    @Test func aPathThatWasNeverSeenIsNotIdentified() {
        #expect(state("paths", [path(.http, [], created: 0)]) == .unknown)
        #expect(state("paths", [path(.http, [], created: 1)]) == .done)
    }

    @Test func aMissingComponentOrAFailedPhaseOpensTheInitialization() {
        let wants = factory + [Evidence(.requires, "tool_dispatcher", source: "t")]
        #expect(state("initialization", [path(.http, wants)]) == .open)
        for (status, expected) in [("ok", MigrationChecklist.State.done), ("failed", .open)] {
            let phase = Evidence(EvidenceField(rawValue: "startup.tools"), status, source: "start-up")
            #expect(state("initialization", [path(.http, factory)], startup: [phase]) == expected)
        }
    }

    @Test(
        arguments: [
            (
                [("tool_classes", "4"), ("tool_dispatcher", "nil")], .done,
                "factory: one dispatcher for each user"
            ),
            (
                [("tool_classes", "4"), ("tool_dispatcher", "present")], .done,
                "mixed: one dispatcher for each user"
            ),
            (
                [("tool_classes", "4"), ("tool_dispatcher", "present"), ("requires", "tool_dispatcher")],
                .open,
                "mixed: one dispatcher for all users"
            ),
            (
                [("tool_classes", "absent"), ("tool_dispatcher", "present")], .open,
                "singleton: one dispatcher for all users"
            ),
            (
                [("tool_classes", "absent"), ("tool_dispatcher", "nil")], .open,
                "hollow: a dispatcher without tools"
            ),
            (
                [("tool_classes", "absent"), ("tool_dispatcher", "absent")], .open,
                "unconfigured: creation raises an error"
            ),
            ([], .unknown, "no evidence of its pattern"),
        ] as [([(String, String)], MigrationChecklist.State, String)])
    func anInitialiserIsUpdatedWhenItMakesADispatcherForEachUser(
        _ rows: [(String, String)], _ expected: MigrationChecklist.State, _ words: String
    ) {
        let rows = rows.map { Evidence(EvidenceField(rawValue: $0.0), $0.1, source: "t") }
        let items = MigrationChecklist.items(
            .init(paths: [path(.background, factory), path(.http, rows)], startup: [], healthChecks: nil))
        let item = items.first { $0.id == "initialization" }
        #expect(item?.state == expected)
        #expect(item?.evidence.contains { $0.field.rawValue == "http" && $0.value == words } == true)
    }

    @Test func aPathWithoutEvidenceShowsNothingOfItsDetection() {
        #expect(state("detection", [path(.http, factory)]) == .done)
        #expect(state("detection", [path(.http, factory), path(.background, [])]) == .unknown)
    }

    @Test(
        arguments: [
            (0, 0, nil, .unknown), (1, 0, nil, .unknown), (900, 0, nil, .unknown), (1, 1, nil, .unknown),
            (0, 1, nil, .open), (0, 0, true, .done), (0, 1, true, .done), (9, 0, false, .open),
        ] as [(Int, Int, Bool?, MigrationChecklist.State)])
    func aPathIsTestedByAProbeAndNeverByItsTraffic(
        _ created: Int, _ failed: Int, _ isPassed: Bool?, _ expected: MigrationChecklist.State
    ) {
        let tests = isPassed.map {
            MigrationChecklist.TestResults(passed: 3, failed: 2, hasPassedLast: $0)
        }
        let path = path(.http, factory, created: created, failed: failed, tests: tests)
        #expect(state("tests", [path]) == expected)
    }

    @Test func oneUntestedPathLeavesTheTestsUnknown() {
        let untested = path(.background, factory, created: 50)
        #expect(state("tests", [path(.http, factory, tests: Self.passed), untested]) == .unknown)
    }

    @Test func thePathThatKeepsAnItemOpenIsNamedFirst() {
        let items = MigrationChecklist.items(
            .init(
                paths: [
                    path(.background, factory, tests: Self.passed), path(.http, factory),
                    path(.websocket, factory, created: 0, failed: 3),
                ],
                startup: [], healthChecks: nil))
        let tests = items.first { $0.id == "tests" }?.evidence.map { "\($0.field) \($0.value)" }
        #expect(
            tests == [
                "websocket created 0, failed 3", "background the latest probe passed; 1 passed, 0 failed",
                "http no probe or test result",
            ])
    }

    @Test func aFieldThatNobodyCanExplainOpensTheIndicators() {
        let odd = factory + [Evidence(EvidenceField(rawValue: "mystery"), "1", source: "t")]
        #expect(state("indicators", [path(.http, odd)]) == .open)
        #expect(state("indicators", [path(.http, [])]) == .unknown)
    }

    @Test func aHealthCheckCountsWhenItNamesBothPatterns() {
        let paths = [path(.http, factory)]
        #expect(state("health", paths) == .unknown)
        #expect(state("health", paths, checks: [:]) == .open)
        #expect(state("health", paths, checks: ["pattern:http": "fine"]) == .unknown)
        #expect(state("health", paths, checks: checks) == .done)
    }
}
