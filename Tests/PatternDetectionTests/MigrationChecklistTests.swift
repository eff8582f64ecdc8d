import PatternDetection
import Testing

@Suite struct MigrationChecklistTests {
    private func path(
        _ path: ConsumerPath, _ rows: [Evidence], created: Int = 1, failed: Int = 0, fallbacks: Int = 0
    ) -> MigrationChecklist.PathFacts {
        .init(
            judgement: PatternDetector.judge(path, rows), evidence: rows, created: created, failed: failed,
            fallbacks: fallbacks)
    }

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
                paths: [path(.http, factory)], startup: [Evidence(.toolClasses, "ok", source: "start-up")],
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
            (0, 0, .unknown), (0, 1, .open), (1, 0, .done), (1, 1, .done),
        ] as [(Int, Int, MigrationChecklist.State)])
    func aPathIsTestedWhenACreationSucceeded(
        _ created: Int, _ failed: Int, _ expected: MigrationChecklist.State
    ) {
        #expect(state("tests", [path(.http, factory, created: created, failed: failed)]) == expected)
    }

    @Test func thePathThatKeepsAnItemOpenIsNamedFirst() {
        let items = MigrationChecklist.items(
            .init(
                paths: [path(.background, factory), path(.websocket, factory, created: 0, failed: 3)],
                startup: [], healthChecks: nil))
        let tests = items.first { $0.id == "tests" }?.evidence.map { "\($0.field) \($0.value)" }
        #expect(tests == ["websocket created 0, failed 3", "background created 1, failed 0"])
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
