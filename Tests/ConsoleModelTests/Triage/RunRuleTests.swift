import ConsoleModel
import PatternDetection
import Testing
import WireProtocol

@Suite struct RunRuleTests {
    /// One whole call with arguments; nil hides them as a backend does by default.
    private func call(_ story: inout Story, _ number: Int, _ tool: String, _ arguments: String?) {
        let id: JSONValue = .string("c-\(number)")
        story.event(.toolCallStart, "r-1", ["toolCallId": id, "toolCallName": .string(tool)])
        if let arguments {
            story.event(.toolCallArgs, "r-1", ["toolCallId": id, "delta": .string(arguments)])
        }
        story.event(.toolCallEnd, "r-1", ["toolCallId": id])
        story.event(.toolCallResult, "r-1", ["toolCallId": id, "content": ""])
    }

    private func looping(_ calls: [(String, String?)]) -> Story {
        var story = Story()
        story.event(.runStarted, "r-1")
        for (index, item) in calls.enumerated() { call(&story, index, item.0, item.1) }
        return story
    }

    @Test(
        arguments: [
            ([("q", "{\"a\":1}"), ("q", "{\"a\":1}")], false),
            ([("q", "{\"a\":1}"), ("q", "{\"a\":1}"), ("q", "{\"a\":1}")], true),
            ([("q", "{\"a\":1}"), ("q", "{\"a\":2}"), ("q", "{\"a\":1}")], false),
            ([("q", "{\"a\":1}"), ("q", "{\"a\":1}"), ("p", "{\"a\":1}")], false),
            (Array(repeating: [("q", "{\"a\":1}"), ("p", "{\"b\":1}")], count: 2).flatMap { $0 }, false),
            (Array(repeating: [("q", "{\"a\":1}"), ("p", "{\"b\":1}")], count: 3).flatMap { $0 }, true),
            (
                Array(repeating: [("q", "{\"a\":1}"), ("p", "{\"b\":1}"), ("o", "{\"b\":2}")], count: 3)
                    .flatMap { $0 }, true
            ),
            (Array(repeating: ("q", "{}"), count: 5), false), (Array(repeating: ("q", "{}"), count: 6), true),
            (Array(repeating: ("q", nil), count: 5), false), (Array(repeating: ("q", nil), count: 6), true),
        ] as [([(String, String?)], Bool)])
    func threeTimesTheSameIsALoop(calls: [(String, String?)], isLoop: Bool) {
        var story = looping(calls)
        #expect(story.rules.contains("session-looping") == isLoop)
        story.wait(.zero)
        #expect(story.state.sessionTable().rows.map(\.state) == [isLoop ? .looping : .running])
        story.event(.runFinished, "r-1")
        #expect(!story.rules.contains("session-looping"))
    }

    @Test func aLimitCanBeChanged() {
        let calls: [(String, String?)] = Array(repeating: ("q", "{\"a\":1}"), count: 4)
        var story = Story(ruleLimits: ["session-looping.repeats": 5])
        story.event(.runStarted, "r-1")
        for (index, item) in calls.enumerated() { call(&story, index, item.0, item.1) }
        #expect(story.rules.isEmpty)
    }

    @Test(arguments: Coverage.Timing.allCases) func whatIsReadLateIsNoHeartbeat(_ timing: Coverage.Timing) {
        var story = Story()
        var coverage = Coverage.whole
        coverage.timing = timing
        story.receive(.dialect(name: "agno", coverage: coverage))
        story.event(.runStarted, "r-1")
        for _ in 0..<14 {
            story.wait(.seconds(5))
            story.event(.raw, "r-1")
        }
        #expect(story.rules.contains("run-no-progress") == (timing == .asItHappens))
    }

    @Test(arguments: [(60_000, false), (60_001, true)])
    func aHeartbeatIsNoWork(idle: Int64, isFound: Bool) {
        var story = Story()
        story.event(.runStarted, "r-1")
        let useful = story.now + .milliseconds(-100)
        while story.now.since(useful) < .milliseconds(idle - 5_000) {
            story.wait(.seconds(5))
            story.event(.raw, "r-1")
        }
        story.wait(.milliseconds(idle) - story.now.since(useful))
        #expect(story.rules == (isFound ? ["run-no-progress"] : []))
    }

    @Test(arguments: [(180, false), (181, true)])
    func aHeartbeatWithinASilentStepProvesALongStepOnly(seconds: Int, isFound: Bool) {
        var story = Story()
        var coverage = Coverage.whole
        coverage.isSilentWithinSteps = true
        story.receive(.dialect(name: "a2a", coverage: coverage))
        story.event(.runStarted, "r-1")
        let useful = story.now + .milliseconds(-100)
        while story.now.since(useful) < .seconds(175) {
            story.wait(.seconds(5))
            story.event(.raw, "r-1")
        }
        story.wait(.seconds(seconds) - story.now.since(useful))
        #expect(story.rules == (isFound ? ["run-no-progress"] : []))
    }

    @Test(arguments: [(1_000, false), (1_001, true)])
    func whatComesTogetherWithTheLastStepIsNoHeartbeat(gap: Int64, isFound: Bool) {
        var story = Story(ruleLimits: ["run-stalled.thinking": 600_000])
        story.event(.runStarted, "r-1")
        let useful = story.now + .milliseconds(-100)
        story.wait(.milliseconds(gap) - story.now.since(useful))
        story.event(.raw, "r-1")
        story.wait(.seconds(90))
        #expect(story.rules == (isFound ? ["run-no-progress"] : []))
    }

    @Test(arguments: [
        (EventType.runFinished, "missing: tool_completed"),
        (.toolCallResult, "unpaired: tool_completed without tool_executing"),
    ])
    func aBrokenGrammarIsFoundAndNamed(type: EventType, words: String) {
        var story = Story()
        story.event(.runStarted, "r-1")
        if type == .runFinished {
            story.event(.toolCallStart, "r-1", ["toolCallId": "c", "toolCallName": "t"])
        }
        story.event(type, "r-1", ["toolCallId": "x"])
        #expect(story.rules == ["run-grammar"])
        #expect(story.finding("run-grammar")?.evidence.first?.evidence.value == words)
    }

    @Test(arguments: [(4, 3, false), (5, 2, false), (5, 3, true)])
    func aPathWhoseRunsAllFailIsBroken(runs: Int, users: Int, isFound: Bool) {
        var story = Story()
        story.wholeRun("r-0")
        for index in 0..<runs {
            let user = "u\(index % users)"
            story.event(.runStarted, "x-\(index)", user: user, session: "s-\(user)")
            story.event(.runError, "x-\(index)", user: user, session: "s-\(user)", ["message": "poisoned"])
        }
        #expect(story.rules.contains("runs-failing") == isFound)
        story.wholeRun("r-9", user: "zoe", session: "s-9")
        #expect(!story.rules.contains("runs-failing"))
    }

    @Test(arguments: [true, false]) func failuresWithoutAPathAreComparedByAgent(_ isNamed: Bool) {
        var story = Story()
        for number in 0..<5 {
            var metadata = EventMetadata()
            metadata.session = SessionID(rawValue: "s-\(number)")
            metadata.user = isNamed ? UserID(rawValue: "u-\(number)") : nil
            for (agent, end) in [("cook", EventType.runError), ("waiter", .runFinished)] {
                metadata.run = RunID(rawValue: "\(agent)-\(number)")
                metadata.agent = agent
                story.send(OutgoingEvent(.runStarted, at: story.now, metadata: metadata))
                let fields: JSONObject = end == .runError ? ["message": "no stove"] : [:]
                story.send(OutgoingEvent(end, at: story.now, fields, metadata: metadata))
            }
        }
        let finding = story.state.triage().first { $0.rule == "runs-failing" }
        #expect(
            finding?.summary.hasPrefix("cook: the last 5 runs of 5 \(isNamed ? "users" : "sessions")") == true
        )
    }

    @Test func fivePerfectEventsWithNothingBehindThemAreAnImpersonation() {
        var story = Story()
        story.path(.onFactory)
        story.wholeRun("r-1")
        #expect(story.rules == ["run-impersonated"])
        var honest = Story()
        honest.path(.onFactory)
        honest.event(.runStarted, "r-1")
        honest.event(.runFinished, "r-1")
        #expect(honest.rules.isEmpty)
    }

    @Test func aResultInAForeignRunIsABreachWithItsCounterExample() throws {
        var story = Story()
        story.event(.runStarted, "r-1", user: "ada", session: "s-1")
        story.event(
            .toolCallStart, "r-1", user: "ada", session: "s-1", ["toolCallId": "c-7", "toolCallName": "t"])
        story.event(.runStarted, "r-2", user: "bob", session: "s-2")
        story.event(
            .toolCallResult, "r-2", user: "bob", session: "s-2", ["toolCallId": "c-7", "content": "secret"])
        let finding = try #require(story.finding("result-foreign"))
        #expect(finding.summary == "bob's run got the result of a call that ada's run made")
        let example = try #require(story.state.counterExample(finding))
        #expect(example.lines.map(\.isCrossing) == [false, false, false, true])
        #expect(example.lines.map(\.isOwners) == [true, true, false, false])
        #expect(story.state.isolationStatement().crossingCount == 1)
        #expect(story.state.checkExit() == 2)
    }

    @Test func aResultThatNobodyAskedForIsNoBreach() {
        var story = Story()
        story.event(.runStarted, "r-1", user: "ada", session: "s-1")
        story.event(.toolCallResult, "r-1", user: "ada", session: "s-1", ["toolCallId": "c-7"])
        #expect(story.rules == ["run-grammar"])
    }

    @Test(arguments: [(500, 1, false), (501, 1, true), (501, 60, false)])
    func aFloodOfEventsIsFound(count: Int, milliseconds: Int64, isFound: Bool) {
        var story = Story()
        story.event(.runStarted, "r-1")
        var lines: [UInt8] = []
        for index in 1..<count {
            let time = story.now.milliseconds + Int64(index) * milliseconds
            lines += Array(
                #"{"type":"TEXT_MESSAGE_CONTENT","timestamp":\#(time),"metadata":{"user":"ada","session":"s-1","run":"r-1","seq":\#(index)}}"#
                    .utf8)
            lines.append(0x0A)
        }
        story.lines(lines)
        #expect(story.rules.contains("event-flood") == isFound)
    }

    @Test(
        arguments: [(60_000, nil), (60_001, .notice), (900_000, .notice), (900_001, .warning)]
            as [(Int64, Severity?)])
    func aPersonIsWaitedForWithPatience(waited: Int64, severity: Severity?) {
        var story = Story()
        story.event(.runStarted, "r-1")
        story.event(.runFinished, "r-1", ["outcome": ["type": "interrupt"]])
        story.wait(.milliseconds(waited - 100))
        #expect(story.finding("session-waiting")?.severity == severity)
    }

    /// A queue and a question are both waiting; only a question was asked of somebody.
    @Test(
        arguments: [
            (true, "ada", "ada's run has waited for a worker for 61s"),
            (true, "", "a run has waited for a worker for 61s"),
            (false, "ada", "ada has been asked and not answered for 61s"),
            (false, "", "a person has been asked and not answered for 61s"),
        ])
    func aWaitSaysForWhom(_ isQueued: Bool, _ user: String, _ words: String) {
        var story = Story()
        var session = SessionRecord(id: "s-1", user: UserID(rawValue: user))
        (session.state, session.isQueued, session.since) = (.waiting, isQueued, story.now)
        story.snapshot { $0.sessions = [session] }
        story.wait(.seconds(61))
        #expect(story.finding("session-waiting")?.summary == words)
        let document = story.state.snapshotDocument(takenAt: story.now)
        #expect(document.backends[0].snapshot.sessions.map(\.isQueued) == [isQueued])
        // The worker took it, and it asks the user.
        story.event(.runStarted, "r-1", user: user)
        story.event(.runFinished, "r-1", user: user, ["outcome": ["type": "interrupt"]])
        story.wait(.seconds(61))
        #expect(story.finding("session-waiting")?.summary.contains("asked and not answered") == true)
    }
}
