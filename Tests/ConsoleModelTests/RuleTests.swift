import ConsoleModel
import PatternDetection
import Testing
import WireProtocol

@Suite struct RuleTests {
    @Test(arguments: [(29_999, false), (30_000, false), (30_001, true)])
    func anOpenRunStallsAfterThirtySeconds(silence: Int64, isStalled: Bool) {
        var story = Story()
        story.startTool("r-1")
        let last = story.now + .milliseconds(-100)
        story.wait(.milliseconds(silence - 100))
        #expect(story.now.since(last) == .milliseconds(silence))
        #expect(story.rules == (isStalled ? ["run-stalled"] : []))
        #expect(story.state.sessionTable().rows.map(\.state) == [isStalled ? .stuck : .running])
        if isStalled {
            #expect(story.state.findings.first?.summary == "ada sql_query silent for 30s, limit 30s")
            #expect(story.state.findings.first?.since == last + .seconds(30))
        }
    }

    @Test(
        arguments: [
            (Coverage.Timing.asItHappens, false, 31, Severity.critical), (.asItHappens, false, 30, nil),
            (.asItHappens, true, 180, nil), (.asItHappens, true, 181, .critical),
            (.atItsEnd, false, 180, nil), (.atItsEnd, false, 3600, .notice),
            (.snapshotsOnly, false, 180, nil), (.snapshotsOnly, false, 3600, .notice),
        ] as [(Coverage.Timing, Bool, Int, Severity?)])
    func silenceIsJudgedByWhenTheSourceShowsAStep(
        _ timing: Coverage.Timing, _ isSilentWithinSteps: Bool, _ seconds: Int, _ severity: Severity?
    ) {
        var story = Story()
        story.receive(.link(.connected, reason: nil, retryIn: nil))
        var coverage = Coverage(timing: timing)
        coverage.isSilentWithinSteps = isSilentWithinSteps
        story.receive(.dialect(name: "x", coverage: coverage))
        story.event(.runStarted, "r-1")
        let last = story.backend.reception.lastEventAt ?? story.now
        _ = story.store.send(.tick(last + .seconds(seconds)))
        #expect(story.state.triage().map(\.severity) == severity.map { [$0] } ?? [])
        let isStuck = story.state.sessionTable().rows.first?.state == .stuck
        #expect(isStuck == (severity == .critical))
    }

    @Test func aRunThatWaitsForAPersonIsNeverStuck() {
        var story = Story()
        story.startTool("r-1")
        story.custom(.session, ["change": "state", "state": "waiting"], user: "ada", session: "s-1")
        story.wait(.seconds(300))
        #expect(story.rules == ["session-waiting"])
        #expect(story.state.sessionTable().rows.map(\.state) == [.waiting])
    }

    @Test func aLongCallIsNotSlowWhereOnlyShortOnesCanHaveEnded() {
        var story = Story()
        for run in 0...10 {
            story.event(.runStarted, "r-\(run)")
            story.event(.toolCallStart, "r-\(run)", ["toolCallId": "c", "toolCallName": "find_book"])
        }
        story.wait(.seconds(4))
        for run in 0..<10 {
            story.event(.toolCallResult, "r-\(run)", ["toolCallId": "c"])
            story.event(.runFinished, "r-\(run)")
        }
        story.wait(.seconds(24))
        #expect(!story.rules.contains("tool-slow"))
    }

    @Test func aFinishedRunIsNeverStale() {
        var story = Story()
        story.wholeRun("r-1")
        story.wait(.seconds(86_400))
        #expect(story.rules.isEmpty)
    }

    @Test func silenceOnADeadLinkProvesNothing() {
        var story = Story()
        story.receive(.link(.connected, reason: nil, retryIn: nil))
        story.startTool("r-1")
        story.receive(.link(.lost, reason: "refused", retryIn: .seconds(2)))
        story.wait(.seconds(60))
        #expect(!story.rules.contains("run-stalled"))
    }

    @Test func aRunThatIsOpenWhenItsSessionEndsIsUnfinished() {
        var story = Story()
        story.startTool("r-1")
        story.custom(.session, ["change": "closed", "state": "ended"], user: "ada", session: "s-1")
        #expect(story.rules == ["run-unfinished"])
        #expect(story.state.triage().first?.severity == .critical)
        #expect(story.backend.runs.values.map(\.state) == [.lost])
    }

    @Test func theEndOfAFileIsNotTheEndOfItsOpenRuns() {
        var story = Story()
        story.startTool("r-1")
        story.receive(.link(.ended, reason: "end of file", retryIn: nil))
        story.wait(.seconds(86_400))
        #expect(story.rules.isEmpty)
        #expect(story.state.checkExit() == 0)
        #expect(story.state.sessionTable().rows.map(\.state) == [.running])
    }

    @Test(
        arguments: [
            ([(.toolClasses, "4"), (.toolDispatcher, "nil")], nil, nil),
            ([(.toolClasses, "4"), (.toolClassesSource, "fallback")], "pattern-factoryFallback", .notice),
            ([(.toolClasses, "absent"), (.toolDispatcher, "present")], "pattern-singleton", .warning),
            ([(.toolClasses, "4"), (.toolDispatcher, "present")], "pattern-mixed", .warning),
            ([(.toolClasses, "empty"), (.toolDispatcher, "nil")], "pattern-hollow", .critical),
            ([(.toolClasses, "absent"), (.toolDispatcher, "absent")], "pattern-unconfigured", .critical),
            (
                [(.toolClasses, "4"), (.toolDispatcher, "nil"), (.requires, "tool_dispatcher")],
                "pattern-missingComponent", .critical
            ),
            ([], nil, nil),
        ] as [([(EvidenceField, String)], String?, Severity?)])
    func everyVerdictWorseThanOkHasItsRule(
        evidence: [(EvidenceField, String)], rule: String?, severity: Severity?
    ) {
        var story = Story()
        story.path(.sample(evidence))
        #expect(story.rules == [rule].compactMap { $0 })
        #expect(story.state.triage().map(\.severity) == [severity].compactMap { $0 })
        #expect(story.state.triage().allSatisfy { $0.id == "\($0.rule):path:http" && !$0.advice.isEmpty })
    }

    @Test func anUnexpectedPatternRanksBelowThePatternItself() {
        var story = Story()
        story.path(.sample([(.toolDispatcher, "present")], expected: .factory))
        #expect(story.rules == ["pattern-singleton", "pattern-unexpected"])
        #expect(story.state.triage().map(\.severity) == [.warning, .warning])
    }

    @Test func theConsolesOwnExpectationWins() {
        var story = Story(expected: [.http: .singleton])
        story.path(.sample([(.toolDispatcher, "present")], expected: .factory))
        #expect(story.rules == ["pattern-singleton"])
        #expect(story.state.pathRows().map(\.expected) == [.singleton])
    }

    @Test func aVerdictIsNeverCopied() {
        var story = Story()
        var record = PathRecord.onSingleton
        record.detected = .factory
        story.path(record)
        #expect(story.rules == ["verdict-disagrees", "pattern-singleton"])
        #expect(
            story.state.snapshotDocument(takenAt: story.now).backends[0].snapshot.paths[0].detected
                == .singleton)
        #expect(story.state.pathRows().map(\.isDisputed) == [true])
    }

    @Test(arguments: [
        ("http", true, false), ("http", false, false), ("http:/v1/runs", true, true),
        ("http:/v1/runs", false, false), ("cron", true, true), ("cron", false, true),
    ])
    func anUnlistedPathIsFound(path: String, hasList: Bool, isFound: Bool) {
        var story = Story()
        if hasList { story.path(.onFactory) }
        story.event(.runStarted, "r-1", path: path)
        #expect(story.rules.contains("path-unregistered") == isFound)
    }

    @Test(
        arguments: [(.pass, true), (.warn, false), (.fail, false), (.unknown, false)]
            as [(HealthStatus, Bool)])
    func healthThatPassesOverABrokenPathLies(status: HealthStatus, lies: Bool) {
        var story = Story()
        story.receive(.health(HealthRecord(status), body: []))
        story.path(.sample([(.toolClasses, "absent"), (.toolDispatcher, "absent")]))
        #expect(story.rules.contains("health-lies") == lies)
    }

    @Test func healthThatPassesOverWorkingPathsIsBelieved() {
        var story = Story()
        story.receive(.health(HealthRecord(.pass), body: []))
        story.path(.onSingleton)
        #expect(!story.rules.contains("health-lies"))
        #expect(story.state.checkExit() == 1)
        #expect(story.state.checkExit(failOn: .critical) == 0)
    }

    @Test(arguments: [(30_000, false), (30_001, true)])
    func aDispatcherLeaksThirtySecondsAfterItsSession(later: Int64, leaks: Bool) {
        var story = Story()
        story.wholeRun("r-1")
        let value: JSONValue = ["id": "d-1", "to": "idle", "pattern": "factory", "owners": ["ada"]]
        story.custom(.dispatcher, value, user: "ada", session: "s-1")
        story.custom(.session, ["change": "closed", "state": "ended"], user: "ada", session: "s-1")
        story.wait(.milliseconds(later - 100))
        // The session names no dispatcher in its events; the dispatcher names its session.
        #expect(story.rules.contains("dispatcher-leaked") == leaks)
        #expect(story.state.dispatcherTable().rows.map(\.isLeaked) == [leaks])
        story.custom(.dispatcher, ["id": "d-1", "from": "idle", "to": "disposed"])
        #expect(!story.rules.contains("dispatcher-leaked"))
    }

    @Test(arguments: [
        ("factory", ["ada"], false), ("factory", ["ada", "bob"], true),
        ("factoryFallback", ["ada", "bob"], true),
        ("singleton", ["ada", "bob"], false),
    ])
    func aFactoryDispatcherWithTwoOwnersIsShared(pattern: String, owners: [String], isShared: Bool) {
        var story = Story()
        story.custom(
            .dispatcher,
            [
                "id": "d-1", "to": "active", "pattern": .string(pattern),
                "owners": .array(owners.map { .string($0) }),
            ])
        #expect(story.rules == (isShared ? ["dispatcher-shared"] : []))
    }

    @Test func aFailingToolIsNoFinding() {
        var story = Story()
        story.startTool("r-1")
        story.event(.toolCallResult, "r-1", ["toolCallId": "c", "content": "Error: timeout"])
        story.event(.runFinished, "r-1")
        story.wait(.seconds(90))
        #expect(story.rules.isEmpty)
    }

    @Test(
        arguments: [
            (nil, ["pattern-singleton"], 1), (.off, [], 0), (.warning, ["pattern-singleton"], 1),
            (.critical, ["pattern-singleton"], 2),
        ] as [(RuleSetting?, [String], Int)])
    func rulesCanBeSet(setting: RuleSetting?, rules: [String], exit: Int) {
        var story = Story(rules: setting.map { ["pattern-singleton": $0] } ?? [:])
        story.receive(.health(HealthRecord(.pass), body: []))
        story.path(.onSingleton)
        #expect(story.rules == rules)
        #expect(story.state.checkExit() == exit)
    }

    @Test(
        arguments: [
            (nil, .connecting, 3), (nil, .ended, 0), (.pass, .connected, 0), (.warn, .connected, 1),
            (.fail, .connected, 2), (.unknown, .connected, 3), (.fail, .lost, 3),
        ] as [(HealthStatus?, LinkState, Int)])
    func theExitCodeFollowsHealth(health: HealthStatus?, link: LinkState, exit: Int) {
        var story = Story()
        if let health { story.receive(.health(HealthRecord(health), body: [])) }
        story.receive(.link(link, reason: nil, retryIn: nil))
        #expect(story.state.checkExit() == exit)
    }

    @Test func aCriticalBackendWinsOverAnUnreachableOne() {
        var story = Story()
        story.receive(.health(HealthRecord(.fail), body: []))
        _ = story.store.send(.addBackend(BackendKey(1), url: "http://other"))
        #expect(story.state.checkExit() == 2)
    }

    @Test func aFindingKeepsTheTimeItWasFirstSeen() {
        var story = Story()
        let begun = story.now
        story.path(.onSingleton)
        story.wait(.seconds(600))
        #expect(story.state.findings.map(\.since) == [begun])
    }
}
