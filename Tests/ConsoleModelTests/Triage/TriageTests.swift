import ConsoleModel
import PatternDetection
import Testing
import WireProtocol

@Suite struct TriageTests {
    private let failure: JSONValue = ["path": "http", "status": "error", "error": "no seat"]
    private let success: JSONValue = ["path": "http", "status": "ok"]

    private func flap(_ story: inout Story, _ times: Int) {
        for _ in 0..<times {
            story.custom(.creation, failure)
            story.wait(.seconds(1))
            story.custom(.creation, success)
            story.wait(.seconds(1))
        }
    }

    @Test(arguments: [(2, false), (3, true)])
    func aFindingThatComesAndGoesIsHeld(times: Int, isHeld: Bool) {
        var story = Story()
        let begun = story.now
        flap(&story, times)
        #expect(story.state.findings.map(\.isHeld) == (isHeld ? [true] : []))
        if isHeld { #expect(story.state.findings[0].since == begun) }
        #expect(story.rules.isEmpty)
        story.wait(.seconds(61))
        #expect(story.state.findings.isEmpty)
    }

    @Test func whatComesBackSoonIsTheSameOccurrence() {
        var story = Story()
        let begun = story.now
        flap(&story, 1)
        story.custom(.creation, failure)
        story.wait(.zero)
        #expect(story.state.findings.map(\.since) == [begun])
        story.custom(.creation, success)
        story.wait(.zero)
        story.wait(.seconds(61))
        let again = story.now
        story.custom(.creation, failure)
        story.wait(.zero)
        #expect(story.state.findings.map(\.since) == [again])
    }

    @Test(
        arguments: [
            ("run-stalled=off", .setting(rule: "run-stalled", .off)),
            ("run-stalled.tool=45s", .limit(key: "run-stalled.tool", 45_000)),
            ("run-stalled.tool=500ms", .limit(key: "run-stalled.tool", 500)),
            ("limit-reached.near=95%", .limit(key: "limit-reached.near", 95)),
            ("session-looping.repeats=4", .limit(key: "session-looping.repeats", 4)),
        ] as [(String, RuleOverride)])
    func anOverrideIsRead(text: String, expected: RuleOverride) throws {
        #expect(try RuleOverride.parse(text) == expected)
    }

    @Test(arguments: [
        "", "=", "x=off", "run-stalled", "run-stalled=maybe", "run-stalled.nope=1s", "run-stalled.tool=",
        "run-stalled.tool=-1s", "run-stalled.tool=0s", "run-stalled.tool=1", "limit-reached.near=9s",
        "run-stalled.tool=99999999999999999999s",
    ])
    func aBadOverrideIsRefused(text: String) {
        #expect(throws: RuleOverride.Refusal.self) { try RuleOverride.parse(text) }
    }

    @Test func whatIsLongOverIsNoFindingButAFileIsJudgedWhole() {
        var story = Story()
        story.startTool("r-1")
        story.event(.runFinished, "r-1")
        var file = story
        file.receive(.link(.ended, reason: "end of file", retryIn: nil))
        for isFile in [false, true] {
            var told = isFile ? file : story
            told.wait(.seconds(86_400))
            #expect(told.rules == (isFile ? ["run-grammar"] : []))
            #expect(told.state.contract().violatedCount == 1)
        }
    }

    @Test func ofARunThatWasNotWatchedNothingIsSaidToBeMissing() {
        var story = Story()
        story.snapshot { snapshot in
            var run = RunRecord(id: "r-1")
            (run.session, run.user, run.state, run.events) = ("s-1", "ada", .completed, 7)
            run.violations = ["duplicate"]
            snapshot.runs = [run]
        }
        #expect(story.state.contract().violated.map(\.strip) == ["?????"])
    }

    @Test(arguments: [(45_000, false), (45_001, true)])
    func aStallsLimitIsTheOneOfItsState(silence: Int64, isFound: Bool) {
        var story = Story(ruleLimits: ["run-stalled.tool": 45_000])
        story.startTool("r-1")
        story.wait(.milliseconds(silence - 100))
        #expect(story.rules == (isFound ? ["run-stalled"] : []))
        var thinking = Story(ruleLimits: ["run-stalled.tool": 45_000])
        thinking.event(.runStarted, "r-1")
        thinking.wait(.milliseconds(30_001 - 100))
        #expect(thinking.rules == ["run-stalled"])
    }

    @Test func theStatementCountsAndNamesWhatCannotBeSeen() {
        var story = Story()
        story.path(.onSingleton)
        story.wholeRun("r-1")
        let statement = story.state.isolationStatement()
        #expect(statement.text == "5 events, 1 context, 0 crossings, 1 path not observable")
        #expect(statement.notObservable == ["http"])
    }

    @Test func aCrossedEventIsShownWithBothTimelines() throws {
        var story = Story()
        story.snapshot { _ in }
        story.event(.runStarted, "r-1")
        story.event(.runStarted, "r-2", user: "bob", session: "s-2")
        story.event(.textMessageContent, "r-1", user: "bob")
        let finding = try #require(story.finding("run-crossed"))
        #expect(finding.subject == .run("r-1", of: nil))
        #expect(finding.summary == "ada's run sent an event in the name of bob")
        let example = try #require(story.state.counterExample(finding))
        #expect(example.crossing.kind == .event)
        #expect(example.lines.map(\.user) == ["ada", "bob", "bob"])
        #expect(example.lines.last?.isCrossing == true)
    }

    @Test func aRunIsAStripOfLetters() throws {
        var story = Story()
        story.wholeRun("r-1")
        story.event(.runStarted, "r-2")
        story.event(.toolCallResult, "r-2", ["toolCallId": "x"])
        story.event(.runFinished, "r-2")
        let rows = story.state.contractRows(SessionKey(backend: story.key, id: "s-1"))
        #expect(rows.map(\.strip) == ["StTRC", "S!RC"])
        let contract = story.state.contract()
        #expect(contract.text == "2 runs: 1 conform, 1 violate, 0 open")
        #expect(contract.violated.map(\.key.id) == ["r-2"])
    }

    @Test func theMapSaysWhichPatternServedWhat() throws {
        var story = Story()
        story.path(.onSingleton)
        for _ in 0..<3 { story.custom(.creation, success) }
        story.path(.onFactory)
        story.custom(.creation, success)
        let row = try #require(story.state.migrationCoverage().first)
        #expect(row.uses.map(\.pattern) == ["factory", "singleton"])
        #expect(row.uses.map(\.share) == [25, 75])
        #expect(story.state.coverageLines().contains { $0.contains("singleton 75 % of 3 creations") })
    }

    @Test func noTextFromTheWireLeavesItsCell() {
        var story = Story()
        let evil = "x|y\n# heading `code` <script>"
        story.custom(.creation, ["path": .string(evil), "status": "error", "error": .string(evil)])
        let lines = IncidentReport(story.state).lines
        let tables = lines.filter { $0.hasPrefix("|") }
        #expect(!tables.isEmpty)
        for table in tables {
            #expect(!table.contains("\n") && !table.contains("<script"))
            #expect(!table.contains("x|y"))
        }
    }
}
