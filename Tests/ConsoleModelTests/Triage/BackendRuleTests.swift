import ConsoleModel
import PatternDetection
import Testing
import WireProtocol

@Suite struct BackendRuleTests {
    private func open(_ story: inout Story, _ user: String, _ number: Int, on path: String) {
        story.event(
            .runStarted, "r-\(user)-\(number)", user: user, session: "s-\(user)-\(number)", path: path)
        story.custom(
            .session, ["change": "opened", "state": "idle"], user: user, session: "s-\(user)-\(number)")
        story.event(
            .runFinished, "r-\(user)-\(number)", user: user, session: "s-\(user)-\(number)", path: path)
    }

    @Test(
        arguments: [
            ("websocket", 5, "ada", nil), ("websocket", 6, "ada", "reconnect-loop"), ("http", 7, "ada", nil),
            ("http", 8, "ada", "context-churn"), ("background", 40, "ada", nil),
            ("websocket", 40, "ctxtop-canary-websocket", nil),
        ] as [(String, Int, String, String?)])
    func aUserWhoComesAgainAndAgainIsFound(path: String, times: Int, user: String, rule: String?) {
        var story = Story()
        for number in 0..<times { open(&story, user, number, on: path) }
        #expect(story.rules == [rule].compactMap { $0 })
        story.wait(.seconds(301))
        #expect(story.rules.isEmpty)
    }

    @Test func manyUsersWhoConnectOnceAreNoLoop() {
        var story = Story()
        for user in 0..<40 { open(&story, "u\(user)", 0, on: "websocket") }
        #expect(story.rules.isEmpty)
    }

    @Test(arguments: [
        (5_000, 0, false), (5_001, 0, true), (-5_001, 0, true), (2_501, 6_000, true), (2_500, 6_000, false),
    ])
    func aSkewedClockIsRaisedAndClearsLower(skew: Int64, before: Int64, isFound: Bool) {
        var story = Story()
        for skew in [before, skew] where skew != 0 {
            let now = story.now
            story.snapshot { $0.health.at = now + .milliseconds(skew) }
        }
        #expect(story.rules.contains("clock-skew") == isFound)
    }

    @Test func aSlowAnswerIsNoSlowClock() {
        var story = Story()
        func answer(_ skew: Int64, latency: Double) {
            let now = story.now
            var health = HealthRecord(.pass)
            health.latencyMs = latency
            story.receive(.health(health, body: []))
            story.snapshot { $0.health.at = now + .milliseconds(skew) }
        }
        answer(-14_000, latency: 9_500)
        #expect(!story.rules.contains("clock-skew"))
        for skew in [-100, -14_000, -9_000] { answer(Int64(skew), latency: 3) }
        #expect(!story.rules.contains("clock-skew"))
        for _ in 0..<4 { answer(-6_000, latency: 3) }
        #expect(story.rules.contains("clock-skew"))
    }

    @Test(
        arguments: [
            ("complete", nil, 3_600, false), ("cache", nil, 300, false), ("cache", nil, 301, true),
            ("cache", "no redis", 1, true),
        ] as [(String, String?, Int, Bool)])
    func startUpHasItsGrace(phase: String, error: String?, age: Int, isFound: Bool) {
        var story = Story()
        let now = story.now
        story.snapshot {
            $0.startup.phase = phase
            $0.startup.error = error
            $0.startedAt = now + .seconds(-age)
        }
        #expect(story.rules == (isFound ? ["startup-stuck"] : []))
    }

    @Test(arguments: [(2_000, 0, false), (2_001, 0, true), (1_500, 3_000, true), (1_000, 3_000, false)])
    func slowHealthIsRaisedAndClearsLower(latency: Double, before: Double, isFound: Bool) {
        var story = Story()
        for latency in [before, latency] where latency > 0 {
            var health = HealthRecord(.pass)
            health.latencyMs = latency
            story.receive(.health(health, body: []))
        }
        #expect(story.rules.contains("health-slow") == isFound)
    }

    /// Rows as `path kind status`, with `?` for one that is not believed and `-` for one that may be missing.
    @Test(
        arguments: [
            ("/health overall pass,/healthz overall fail", "/health passes while /healthz fails"),
            ("/health overall fail,/healthz overall pass", "/healthz passes while /health fails"),
            ("/health overall pass,/healthz overall fail?", nil),
            ("/health overall pass?,/db part fail", "/health passes while /db fails"),
            ("/health overall pass,/db part fail-", nil), ("/health overall pass,/db part warn", nil),
            ("/health overall fail,/db part fail", nil), ("/health overall pass,/readyz readiness fail", nil),
            ("/readyz readiness pass,/ready readiness fail", "/readyz passes while /ready fails"),
            ("/livez liveness pass,/readyz readiness fail", nil),
            ("/livez liveness pass,/live liveness fail", "/livez passes while /live fails"),
            ("/health overall pass,db nil fail", "/health passes while db fails"),
            ("/health overall pass,/x part pass,/x db nil fail", nil),
            ("db nil fail", "health passes while db fails"),
            ("db nil fail,q nil fail", "health passes while db fails, and 1 more"), ("db nil unknown", nil),
            (
                "/health overall pass,/db part fail,/a/ready readiness pass,/b/ready readiness fail",
                "/health passes while /db fails, and 1 more"
            ),
        ] as [(String, String?)])
    func routesThatDisagreeAreFound(_ rows: String, _ summary: String?) {
        var story = Story()
        var health = HealthRecord(.pass)
        health.checks = rows.split(separator: ",").map { row in
            let words = row.split(separator: " ").map(String.init)
            let status = words[words.count - 1]
            var check = CheckRecord(name: words.dropLast(2).joined(separator: " "))
            check.status = HealthStatus(rawValue: status.filter(\.isLetter)) ?? .unknown
            check.kind = HealthRouteKind(rawValue: words[words.count - 2])
            check.isTrusted = !status.hasSuffix("?")
            check.isOptional = status.hasSuffix("-")
            return check
        }
        story.receive(.health(health, body: []))
        #expect(story.finding("health-contradicts")?.summary == summary)
    }

    @Test(arguments: [(10, true), (11, false)]) func anAnswerFromBeforeAChangeContradictsNothing(
        _ age: Int, _ isFound: Bool
    ) {
        var story = Story()
        var health = HealthRecord(.pass)
        health.checks = [
            CheckRecord(name: "/health", status: .pass), CheckRecord(name: "/healthz", status: .fail),
        ]
        for index in health.checks.indices {
            health.checks[index].kind = .overall
            health.checks[index].at = story.now + .seconds(index == 0 ? 0 : -age)
        }
        story.receive(.health(health, body: []))
        #expect((story.finding("health-contradicts") != nil) == isFound)
    }

    @Test func oneRestartIsADeployAndTwoAreNot() {
        var story = Story()
        for (boot, count) in [("a", 0), ("b", 0), ("c", 1)] {
            story.snapshot { $0.bootID = boot }
            #expect(story.rules.count { $0 == "backend-restarting" } == count)
        }
        story.wait(.seconds(601))
        #expect(story.rules.isEmpty)
    }

    @Test func replicasThatDisagreeAreMixed() {
        var story = Story()
        func answer(_ instance: String, _ record: PathRecord) {
            story.snapshot {
                $0.instance = instance
                $0.paths = [record]
            }
        }
        answer("web-1", .onFactory)
        answer("web-2", .onFactory)
        #expect(!story.rules.contains("replicas-mixed"))
        answer("web-2", .onSingleton)
        #expect(
            story.finding("replicas-mixed")?.summary == "http: web-1 is on factory, web-2 is on singleton")
        story.wait(.seconds(601))
        #expect(!story.rules.contains("replicas-mixed"))
    }

    @Test func aPathThatWentBackIsDated() throws {
        var story = Story()
        story.path(.onSingleton)
        story.wait(.seconds(10))
        story.path(.onFactory)
        #expect(!story.rules.contains("pattern-regressed"))
        story.wait(.seconds(10))
        story.path(.onSingleton)
        let finding = try #require(story.finding("pattern-regressed"))
        #expect(finding.since == story.now)
        let row = try #require(story.state.migrationCoverage().first)
        #expect(row.stretches.map(\.verdict) == [.singleton, .factory, .singleton])
        #expect(row.regressedAt == story.now)
        story.path(.onFactory)
        #expect(!story.rules.contains("pattern-regressed"))
    }

    @Test func aRegressionIsSeenAcrossARestart() {
        var story = Story()
        for (boot, record) in [("a", PathRecord.onFactory), ("b", .onSingleton)] {
            story.snapshot {
                $0.bootID = boot
                $0.paths = [record]
            }
        }
        #expect(story.rules.contains("pattern-regressed"))
    }

    @Test func theWireSaysWhenTheFactoryLastServed() {
        var story = Story()
        var record = PathRecord.onSingleton
        record.lastUsedAt = ["factory": story.now + .seconds(-60)]
        story.path(record)
        #expect(story.rules.contains("pattern-regressed"))
    }

    @Test(arguments: [
        ([PathRecord.onFactory], false), ([.onSingleton], false), ([.onFactory, .onSingleton], true),
    ])
    func aMigrationIsHalfwayWhenPathsDiffer(records: [PathRecord], isFound: Bool) {
        var story = Story()
        story.snapshot { snapshot in
            snapshot.paths = zip(records, [ConsumerPath.http, .background]).map { record, path in
                var record = record
                record.path = path
                return record
            }
        }
        #expect(story.rules.contains("migration-halfway") == isFound)
    }

    @Test(
        arguments: [(nil, nil, false), (1, nil, true), (1, 3_600, false), (1, 3_601, true)]
            as [(Int?, Int?, Bool)])
    func aLegacyDispatcherThatServesNobodyCanGo(factory: Int?, singleton: Int?, isFound: Bool) {
        var story = Story()
        var record = PathRecord.sample([(.toolClasses, "4"), (.toolDispatcher, "present")])
        record.lastUsedAt["factory"] = factory.map { story.now + .seconds(-$0) }
        record.lastUsedAt["singleton"] = singleton.map { story.now + .seconds(-$0) }
        story.path(record)
        #expect(story.rules.contains("legacy-unused") == isFound)
    }

    @Test func aCreationSaysWhichPatternServedIt() {
        var story = Story()
        story.path(.sample([(.toolClasses, "4"), (.toolDispatcher, "present")]))
        #expect(!story.rules.contains("legacy-unused"))
        story.custom(.creation, ["path": "http", "status": "ok"])
        #expect(story.rules.contains("legacy-unused"))
        story.custom(.creation, ["path": "http", "status": "fallback", "error": "no seat"])
        #expect(!story.rules.contains("legacy-unused"))
    }

    @Test(
        arguments: [
            (HealthStatus.fail, .ok, nil, true), (.fail, .none, nil, false), (.fail, .error, nil, false),
            (.warn, .ok, nil, false), (.fail, .ok, .fail, false),
        ]
            as [(HealthStatus, OutcomeRecord.Status, HealthStatus?, Bool)])
    func healthThatFailsOverWorkingPathsIsNoted(
        status: HealthStatus, outcome: OutcomeRecord.Status, check: HealthStatus?, isFound: Bool
    ) {
        var story = Story()
        var record = PathRecord.onFactory
        record.lastOutcome = OutcomeRecord(outcome, at: story.now)
        story.path(record)
        var health = HealthRecord(status)
        if let check { health.checks = [CheckRecord(name: "db", status: check)] }
        story.receive(.health(health, body: []))
        #expect(story.rules.contains("health-pessimistic") == isFound)
    }

    @Test func healthThatIsNotReachedIsNoContradiction() {
        var story = Story()
        var record = PathRecord.onFactory
        record.lastOutcome = OutcomeRecord(.ok, at: story.now)
        story.path(record)
        story.receive(.health(HealthRecord(.fail), body: []))
        #expect(story.rules.contains("health-pessimistic"))
        story.receive(.link(.lost, reason: "connection refused", retryIn: .seconds(4)))
        #expect(!story.rules.contains("health-pessimistic"))
    }

    @Test func lostEventsAreNoted() {
        var story = Story()
        story.custom(.gap, ["lost": 0])
        #expect(story.rules.isEmpty)
        story.custom(.gap, ["lost": 3])
        #expect(story.rules == ["events-lost"])
        #expect(story.finding("events-lost")?.severity == .notice)
    }

    @Test(arguments: [
        (10, 30, 14_900, false), (10, 30, 15_100, true), (9, 30, 29_000, false), (10, 60, 15_100, false),
    ])
    func aToolIsSlowAgainstItsOwnBaseline(samples: Int, tenths: Int, open: Int64, isFound: Bool) {
        var story = Story(ruleLimits: ["run-stalled.tool": 3_600_000])
        for index in 0..<samples {
            story.event(.runStarted, "r-\(index)")
            story.event(.toolCallStart, "r-\(index)", ["toolCallId": "c", "toolCallName": "sql"])
            story.wait(.milliseconds(Int64(tenths) * 100 + 1_900))
            story.event(.toolCallResult, "r-\(index)", ["toolCallId": "c"])
            story.event(.runFinished, "r-\(index)")
        }
        story.event(.runStarted, "x")
        story.event(.toolCallStart, "x", ["toolCallId": "c", "toolCallName": "sql"])
        story.wait(.milliseconds(open - 100))
        #expect(story.rules.contains("tool-slow") == isFound, "\(story.rules)")
    }

    @Test(arguments: [
        (0, 10, 16, true), (0, 10, 15, false), (0, 9, 16, false), (5, 5, 16, false), (4, 6, 16, true),
    ])
    func aToolFailsAgainstItsOwnBaseline(failedBefore: Int, goodBefore: Int, failedNow: Int, isFound: Bool) {
        var story = Story()
        let outcomes =
            Array(repeating: false, count: failedBefore) + Array(repeating: true, count: goodBefore)
            + Array(repeating: true, count: 20 - failedNow) + Array(repeating: false, count: failedNow)
        for isGood in outcomes {
            story.custom(
                .dispatcher,
                ["id": "d", "to": "idle", "reason": .string("sql \(isGood ? "done" : "failed")")])
        }
        #expect(story.rules.contains("tool-failing") == isFound)
    }

    @Test func aContextIdWithTwoUsersIsABreach() {
        var story = Story()
        func context(_ user: UserID, session: SessionID) {
            story.snapshot { snapshot in
                var context = ContextRecord(id: "c-1")
                (context.user, context.session) = (user, session)
                snapshot.contexts = [context]
            }
        }
        context("ada", session: "s-1")
        context("ada", session: "s-2")
        #expect(!story.rules.contains("context-reused"))
        context("bob", session: "s-3")
        #expect(story.finding("context-reused")?.summary == "context c-1 was ada's and is bob's")
        #expect(story.state.isolationStatement().text.contains("1 crossing"))
    }

    /// How long after health the snapshot came, whether health was asked again after it, and whether that contradicts.
    @Test(
        arguments: [
            (HealthStatus.fail, 0, false, true), (.fail, 1_000, false, true), (.fail, 1_001, false, false),
            (.fail, 5_000, true, true), (.warn, 0, false, false), (.pass, 0, false, false),
        ])
    func aSnapshotThatFailsContradictsAHealthThatPasses(
        _ status: HealthStatus, _ milliseconds: Int64, _ isAskedAgain: Bool, _ contradicts: Bool
    ) {
        var story = Story()
        var health = HealthRecord(.pass)
        health.address = "/health"
        story.receive(.health(health, body: []))
        story.now = story.now + .milliseconds(milliseconds)
        story.snapshot { $0.health = HealthRecord(status) }
        story.now = story.now + .seconds(1)
        if isAskedAgain { story.receive(.health(health, body: [])) }
        let finding = story.finding("health-contradicts")
        #expect(finding?.summary == (contradicts ? "/health passes while snapshot fails" : nil))
    }

    @Test func aHealthThatRecoveredDoesNotContradictAnEarlierSnapshot() {
        var story = Story()
        story.receive(.health(HealthRecord(.fail), body: []))
        var part = CheckRecord(name: "db", status: .fail)
        story.snapshot {
            $0.health = HealthRecord(.fail)
            $0.health.checks = [part]
        }
        story.now = story.now + .seconds(1)
        story.receive(.health(HealthRecord(.pass), body: []))
        #expect(story.finding("health-contradicts") == nil)
        part.isOptional = true
        story.snapshot {
            $0.health = HealthRecord(.pass)
            $0.health.checks = [part]
        }
        #expect(story.finding("health-contradicts") == nil)
        part.isOptional = false
        story.snapshot {
            $0.health = HealthRecord(.pass)
            $0.health.checks = [part]
        }
        #expect(story.finding("health-contradicts")?.summary == "health passes while snapshot db fails")
    }

    /// Boots in the order in which they answered, all within one millisecond, and whether they take turns.
    @Test(
        arguments: [
            (["a", "b", "a"], true), (["a", "b"], false), (["a", "b", "b"], false), (["a", "a"], false),
            (["a", "b", "c", "b"], true), (["a", "b", "c"], false),
        ])
    func aBootThatAnswersAgainAfterAnotherOneIsAnotherInstance(_ boots: [String], _ isMixed: Bool) {
        var story = Story()
        story.snapshot { ($0.instance, $0.bootID) = ("web-a", boots[0]) }
        for boot in boots.dropFirst() { story.receive(.boot(boot, instance: "web-" + boot)) }
        let finding = story.finding("instances-mixed")
        #expect((finding != nil) == isMixed)
        #expect(finding?.summary.contains("web-a, boot a; web-b, boot b") ?? true)
    }
}
