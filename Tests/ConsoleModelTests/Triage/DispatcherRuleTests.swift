import ConsoleModel
import PatternDetection
import Testing
import WireProtocol

@Suite struct DispatcherRuleTests {
    private func dispatcher(_ state: String, _ more: JSONObject = [:]) -> JSONValue {
        var value: JSONObject = ["id": "d-1", "to": .string(state), "pattern": "factory", "owners": ["ada"]]
        for member in more.members { value[member.name] = member.value }
        return .object(value)
    }

    @Test(arguments: [
        ("initializing", 10_000, false), ("initializing", 10_001, true), ("requested", 10_001, true),
        ("active", 60_000, false), ("halfBuilt", 0, true), ("disposed", 60_000, false),
    ])
    func aDispatcherThatIsNeverReadyIsHalfBuilt(state: String, age: Int64, isFound: Bool) {
        var story = Story()
        story.event(.runStarted, "r-1")
        story.custom(.dispatcher, dispatcher(state), user: "ada", session: "s-1")
        story.wait(.milliseconds(age - 100))
        #expect(story.rules.contains("dispatcher-half-built") == isFound)
    }

    @Test(arguments: [(30_000, "d-2", false), (30_001, "d-2", true), (60_000, "d-1", false)])
    func aDispatcherThatItsSessionReplacedIsOrphaned(age: Int64, uses: String, isFound: Bool) {
        var story = Story()
        story.event(.runStarted, "r-1")
        story.custom(.dispatcher, dispatcher("idle"), user: "ada", session: "s-1")
        let since = story.now + .milliseconds(-100)
        let now = story.now
        story.snapshot { snapshot in
            var session = SessionRecord(id: "s-1", user: "ada")
            (session.state, session.dispatcher, session.lastEventAt) = (
                .idle, DispatcherID(rawValue: uses), now
            )
            snapshot.sessions = [session]
        }
        story.wait(.milliseconds(age) - story.now.since(since))
        #expect(story.rules.contains("dispatcher-orphaned") == isFound)
    }

    @Test func aSingletonIsNobodysOrphan() {
        var story = Story()
        story.custom(.dispatcher, dispatcher("active", ["pattern": "singleton"]))
        story.wait(.seconds(3600))
        #expect(story.rules.isEmpty)
    }

    @Test(arguments: [(599_900, true), (600_100, false)])
    func anEvictionIsRememberedForTenMinutes(age: Int64, isFound: Bool) {
        var story = Story()
        story.startTool("r-1")
        story.custom(
            .dispatcher, dispatcher("evicted", ["reason": "10 per user"]), user: "ada", session: "s-1")
        story.wait(.milliseconds(age))
        #expect(story.rules.contains("dispatcher-evicted") == isFound)
        if isFound {
            #expect(
                story.finding("dispatcher-evicted")?.summary == "ada's dispatcher was evicted: 10 per user")
        }
    }

    @Test func anEvictionUnderAnOpenRunIsItsImmediateCause() throws {
        var story = Story()
        story.startTool("r-1")
        story.custom(.dispatcher, dispatcher("active"), user: "ada", session: "s-1")
        story.custom(
            .dispatcher, dispatcher("evicted", ["reason": "10 per user"]), user: "ada", session: "s-1")
        story.wait(.seconds(40))
        let stalled = try #require(story.state.findings.first { $0.rule == "run-stalled" })
        #expect(story.state.fiveWhys(stalled).whys.map(\.link).contains("why-dispatcher-gone"))
    }

    @Test(
        arguments: [
            (89, nil, .warning), (90, .warning, nil), (100, .critical, nil), (85, nil, .warning),
            (79, nil, nil),
        ]
            as [(Int, Severity?, Severity?)])
    func aLimitIsRaisedAt90AndClearsBelow80(used: Int, fresh: Severity?, held: Severity?) {
        func story(_ uses: [Int]) -> Story {
            var story = Story()
            for used in uses {
                story.snapshot { $0.limits = ["managers": LimitRecord(limit: 100, used: used)] }
            }
            return story
        }
        #expect(story([used]).finding("limit-reached")?.severity == fresh)
        #expect(story([95, used]).finding("limit-reached")?.severity == held ?? fresh)
        var unlimited = Story()
        unlimited.snapshot { $0.limits = ["managers": LimitRecord(limit: 0, used: 5)] }
        #expect(unlimited.rules.isEmpty)
    }

    @Test(arguments: [(0, 1, true), (1, 0, true), (2, 1, false)])
    func toolCallsWithoutToolEventsAreMissed(events: Int, executed: Int, _ isQuiet: Bool) {
        var story = Story()
        story.event(.runStarted, "r-1")
        for state in ["requested", "active"] {
            story.custom(.dispatcher, dispatcher(state), user: "ada", session: "s-1")
        }
        for index in 0..<events {
            story.event(.toolCallStart, "r-1", ["toolCallId": .string("c\(index)"), "toolCallName": "t"])
        }
        story.custom(
            .dispatcher, dispatcher("idle", ["executed": .integer(Int64(executed))]), user: "ada",
            session: "s-1")
        #expect(!story.rules.contains("tool-events-missing"))
        story.custom(.dispatcher, dispatcher("idle", ["executed": 2]), user: "ada", session: "s-1")
        #expect(story.rules.contains("tool-events-missing") == (events == 0))
    }

    @Test func theCallsOfASharedDispatcherAreNobodysMissingEvents() {
        var story = Story()
        story.event(.runStarted, "r-1")
        for state in ["requested", "active"] {
            story.custom(.dispatcher, dispatcher(state), user: "ada", session: "s-1")
        }
        let shared = dispatcher("shared", ["executed": 2, "owners": ["ada", "bob"]])
        story.custom(.dispatcher, shared, user: "ada", session: "s-1")
        #expect(!story.rules.contains("tool-events-missing"))
        #expect(story.rules.contains("dispatcher-shared"))
    }

    @Test func resultsWithoutCallsAreNotMissingToolEvents() {
        var story = Story()
        story.event(.runStarted, "r-1")
        for state in ["requested", "active"] {
            story.custom(.dispatcher, dispatcher(state), user: "ada", session: "s-1")
        }
        story.event(.toolCallResult, "r-1", ["toolCallId": "c", "content": "17"])
        story.custom(.dispatcher, dispatcher("idle", ["executed": 2]), user: "ada", session: "s-1")
        #expect(!story.rules.contains("tool-events-missing"))
        #expect(story.rules.contains("run-grammar"))
    }

    @Test func whatIsHalfBuiltIsNotLeakedAsWell() {
        var story = Story()
        story.event(.runStarted, "r-1")
        story.custom(.dispatcher, dispatcher("halfBuilt"), user: "ada", session: "s-1")
        story.custom(.session, ["change": "closed", "state": "ended"], user: "ada", session: "s-1")
        story.wait(.seconds(31))
        #expect(story.rules.contains("dispatcher-half-built"))
        #expect(!story.rules.contains("dispatcher-leaked"))
    }

    @Test(arguments: [false, true]) func aRunThatASnapshotDoesNotListMustBegin(hasSnapshot: Bool) {
        var story = Story()
        if hasSnapshot { story.snapshot { _ in } }
        story.event(.stepStarted, "r-1", sequence: 1, ["stepName": "plan"])
        #expect(story.rules.contains("run-grammar") == hasSnapshot)
    }
}
