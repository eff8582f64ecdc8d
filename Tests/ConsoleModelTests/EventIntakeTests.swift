import ConsoleModel
import PatternDetection
import Testing
import WireProtocol

@Suite struct EventIntakeTests {
    @Test func aFileOfEventsAloneBuildsSessionsRunsAndPaths() throws {
        var story = Story()
        story.wholeRun("r-1")
        story.startTool("r-2", user: "bob", session: "s-2")
        story.wait(.milliseconds(1))
        let rows = story.state.sessionTable().rows
        #expect(rows.map(\.user) == ["bob", "ada"])
        #expect(rows.map(\.state) == [.running, .idle])
        #expect(rows.map(\.ledger.text) == ["●●●○○", "●●●●●"])
        #expect(rows.map(\.toolText) == ["sql_query 0s", "–"])
        #expect(rows.map(\.runs) == [1, 1])
        #expect(story.state.pathRows().map(\.record.path) == [.http])
        #expect(story.backend.runs.values.map(\.state) == [.completed, .open])
        #expect(story.backend.statistics.runP95(now: story.now) == .milliseconds(400))
        #expect(story.rules.isEmpty)
    }

    @Test func aUsersSecondSessionIsNumbered() {
        var story = Story()
        story.wholeRun("r-1")
        story.wholeRun("r-2", session: "s-2")
        #expect(story.state.sessionTable().rows.map(\.userText) == ["ada", "ada #2"])
    }

    @Test func sessionsWhoseUserComesLateAreNotNumberedAsOneUsers() {
        var story = Story()
        for user in ["ada", "zoe"] {
            story.event(.runStarted, "r-" + user, user: nil, session: "s-" + user)
            story.event(.runFinished, "r-" + user, user: user, session: "s-" + user)
        }
        #expect(story.state.sessionTable().rows.map(\.userText) == ["ada", "zoe"])
        story.event(.runStarted, "r-3", user: nil, session: "s-3")
        #expect(story.state.sessionTable().rows.map(\.userText).contains("–"))
    }

    @Test func aRunThatWasOpenBeforeWeCameBreaksNothing() {
        var story = Story()
        story.event(.toolCallResult, "r-1", sequence: 7, ["toolCallId": "c"])
        story.event(.runFinished, "r-1", sequence: 8)
        #expect(story.backend.runs.values.map(\.violations) == [[]])
    }

    @Test func aRunThatBeginsInTheMiddleOfWhatWeSawIsMissingItsStart() {
        var story = Story()
        story.wholeRun("r-1")
        story.now = story.now + .seconds(31)
        story.event(.textMessageContent, "r-2", countsSequence: false)
        #expect(story.backend.runs.values.last?.violations == ["missing: agent_started"])
    }

    @Test func aRunWhoseFirstEventIsNumberZeroWasNotJoinedMidway() {
        var story = Story()
        story.event(.textMessageContent, "r-1", sequence: 0)
        #expect(story.backend.runs.values.last?.violations == ["missing: agent_started"])
    }

    @Test(
        arguments: [
            ([0, 1, 2], []), ([0, 2], ["gap in sequence"]), ([0, 1, 1], ["duplicate"]),
            ([0, 1, 2, 0], ["out of order"]),
        ] as [([Int], [String])])
    func sequencesAreHeldToTheirOrder(sequences: [Int], violations: [String]) {
        var story = Story()
        for (index, sequence) in sequences.enumerated() {
            story.event(index == 0 ? .runStarted : .textMessageContent, "r-1", sequence: sequence)
        }
        #expect(story.backend.runs.values.map(\.violations) == [violations])
    }

    @Test(
        arguments: [
            (.runFinished, .runError, .completed, .idle), (.runError, .runFinished, .failed, .error),
        ] as [(EventType, EventType, RunRecord.State, SessionRecord.State)])
    func theFirstEndCounts(
        first: EventType, second: EventType, run: RunRecord.State, session: SessionRecord.State
    ) {
        var story = Story()
        for type in [.runStarted, first, second] { story.event(type, "r-1", countsSequence: false) }
        #expect(story.backend.runs.values.map(\.state) == [run])
        #expect(story.backend.runs.values.map(\.violations) == [["duplicate"]])
        #expect(story.state.sessionTable().rows.map(\.state) == [session])
    }

    @Test(
        arguments: [
            (.lost, .lost, .unknown, ["run-unfinished"]), (.cancelled, .cancelled, .idle, []),
        ] as [(RunChange.Kind, RunRecord.State, SessionRecord.State, [String])])
    func aRunWhoseAnswerIsOverIsNotOpen(
        change: RunChange.Kind, run: RunRecord.State, session: SessionRecord.State, rules: [String]
    ) {
        var story = Story()
        story.event(.runStarted, "r-1")
        story.event(.custom, "r-1", ["name": "ctxtop.run", "value": RunChange(change).json])
        #expect(story.backend.runs.values.map(\.state) == [run])
        #expect(story.state.sessionTable().rows.map(\.state) == [session])
        #expect(story.rules == rules)
    }

    @Test func anEventThatItsReaderStampedIsMarked() {
        var story = Story()
        story.lines("{\"type\":\"RAW\",\"timestamp\":1800000000000,\"metadata\":{\"stamped\":true}}")
        #expect(story.state.eventRow(0)?.record.marks.contains(.stamped) == true)
    }

    @Test func aKnownLossIsCountedAndIsNoFaultOfTheRun() {
        var story = Story()
        story.startTool("r-1")
        story.custom(.gap, ["after": "a-1", "next": "a-9", "lost": 7])
        story.event(.runFinished, "r-1", sequence: 11)
        #expect(story.backend.reception.counters.eventsDropped == 7)
        #expect(story.backend.runs.values.map(\.violations) == [[]])
        #expect(story.state.eventWindow(height: 9).rows.map(\.word).contains("gap"))
    }

    @Test func unknownKindsAreKeptAndCounted() {
        var story = Story()
        story.lines(#"{"type":"WARP_STARTED","timestamp":1,"metadata":{"user":"ada","session":"s-1"}}"#)
        #expect(story.backend.reception.unknownTypes == ["WARP_STARTED": 1])
        #expect(story.state.eventWindow(height: 5).rows.map(\.word) == ["unknown type"])
        #expect(story.state.eventWindow(height: 5).rows.map(\.detail) == ["WARP_STARTED"])
    }

    @Test func anEventWithoutTimeGetsOursAndSaysSo() {
        var story = Story()
        story.lines(#"{"type":"RUN_STARTED","runId":"r","threadId":"s"}"#)
        let row = story.state.eventWindow(height: 5).rows.first
        #expect(row?.record.timestamp == story.now)
        #expect(row?.timeText.hasPrefix("~") == true)
    }

    @Test func refusedLinesAreCountedAndNamed() {
        var story = Story()
        story.lines("{\"type\":\"RUN_STARTED\"}\nnot json\n[1,2]\n{\"type\":\"RUN_")
        #expect(story.backend.reception.counters.eventsReceived == 4)
        #expect(story.backend.reception.counters.decodeErrors == 3)
        #expect(story.backend.reception.lastRefusal?.contains("not an event") == true)
    }

    @Test func aFailedCreationIsAnErrorAndOneSuccessClearsIt() {
        var story = Story()
        let failure: JSONValue = [
            "path": "websocket", "status": "error",
            "error": "Required component tool_dispatcher is missing or None",
        ]
        story.custom(.creation, failure)
        story.custom(.creation, failure)
        #expect(story.rules == ["creation-failing"])
        #expect(
            story.state.triage().first?.summary
                == "websocket: 2 of 2 dispatcher creations failed: Required component tool_dispatcher is missing or None"
        )
        story.custom(.creation, ["path": "websocket", "status": "ok"])
        #expect(story.rules == [])
        #expect(story.state.changes.map(\.text) == ["websocket error", "websocket error → ok"])
        let row = story.state.pathRows().first
        #expect(row?.succeeded == 1 && row?.failed == 2)
    }

    @Test func anInterruptedRunWaitsForAPerson() {
        var story = Story()
        story.event(.runStarted, "r-1")
        story.event(.runFinished, "r-1", ["outcome": ["type": "interrupt"]])
        #expect(story.state.sessionTable().rows.map(\.state) == [.waiting])
        story.event(.runStarted, "r-2")
        story.event(.runFinished, "r-2", ["outcome": ["type": "cancelled"]])
        #expect(story.backend.runs.values.map(\.state) == [.completed, .cancelled])
    }

    @Test func onlyTheFirstThoughtOfAStretchIsAThought() {
        var story = Story()
        story.event(.runStarted, "r-1")
        story.event(.textMessageStart, "r-1")
        story.event(.textMessageContent, "r-1")
        #expect(
            story.state.eventWindow(height: 5).rows.map(\.word)
                == ["agent_started", "agent_thinking", "text_message_content"])
    }

    @Test(arguments: [
        "\u{1B}[2J\u{1B}]52;c;AAAA\u{07}", "\u{0}", "\u{202E}evil", String(repeating: "x", count: 100_000),
        "作者",
        "\"quoted\" \\ back", "👩‍👩‍👧‍👦",
    ])
    func hostileNamesSurvive(name: String) {
        var story = Story()
        story.startTool("r-1", user: name, session: name)
        story.custom(.dispatcher, ["id": .string(name), "to": .string(name), "owners": [.string(name)]])
        story.custom(.creation, ["path": .string(name), "status": "error", "error": .string(name)])
        story.custom(.session, .string(name), user: name, session: name)
        story.wait(.seconds(60))
        #expect(story.state.sessionTable().rows.count == 1)
        #expect(story.state.eventWindow(height: 40).rows.count == 6)
        let key = story.state.sessionTable().rows[0].key
        #expect(story.state.contextDetail(key)?.timeline.count == 5)
        #expect(
            story.state.snapshotDocument(takenAt: story.now).json.serialized.allSatisfy {
                $0 >= 0x20 && $0 != 0x7F
            })
    }

    @Test func countersThatOverflowStayAtTheirEnd() {
        var story = Story()
        for _ in 0..<2 { story.custom(.gap, ["lost": .integer(.max)]) }
        #expect(story.backend.reception.counters.eventsDropped == 2 * WireNumber.largest)
        var record = PathRecord.onFactory
        (record.created, record.failed) = (Int.max, Int.max)
        record.lastOutcome = OutcomeRecord(.error)
        story.path(record)
        story.custom(.creation, ["path": "http", "status": "error"])
        #expect(story.rules.contains("creation-failing"))
    }

    @Test func anEventForAnotherUserIsABreach() throws {
        var story = Story()
        story.snapshot { _ in }
        story.event(.runStarted, "r-1")
        story.event(.textMessageContent, "r-1", user: "bob")
        let finding = try #require(story.state.triage().first)
        #expect(finding.rule == "run-crossed")
        #expect(finding.severity == .critical && finding.urgency == .breach)
        #expect(story.backend.statistics.crossings == 1)
    }

    @Test func ourOwnEventsNeitherBeginNorOutliveARun() {
        var story = Story()
        let session: JSONObject = [
            "name": "ctxtop.session", "value": ["change": "state", "state": "running"],
        ]
        story.event(.custom, "r-1", sequence: 40, session)
        story.event(.runStarted, "r-1", sequence: 0)
        story.event(.runFinished, "r-1", sequence: 1)
        story.event(.custom, "r-1", sequence: 41, session)
        #expect(story.backend.runs.values.map(\.violations) == [[]])
        #expect(story.backend.runs.values.map(\.events) == [2])
    }

    @Test func aContextThatTheStreamTellsOfIsKeptWithItsSession() throws {
        var story = Story()
        story.custom(.session, ["change": "opened", "state": "idle"], user: "ada", session: "s-1")
        story.custom(
            .session,
            [
                "change": "context", "state": "idle",
                "context": ["id": "c-1", "session": "s-1", "request": "r-9"],
            ],
            user: "ada", session: "s-1")
        let detail = try #require(
            story.state.contextDetail(SessionKey(backend: BackendKey(0), id: SessionID(rawValue: "s-1"))))
        #expect(detail.context?.id == "c-1")
        #expect(detail.context?.request == "r-9")
        // A context without a session, or of the wrong shape, changes nothing.
        story.custom(.session, ["change": "context", "context": ["id": "c-2"]], user: "ada", session: "s-1")
        story.custom(.session, ["change": "context", "context": 7], user: "ada", session: "s-1")
        #expect(story.state.contextDetail(detail.session.key)?.context?.id == "c-1")
    }

    @Test(arguments: [
        ("\"metadata\":{\"agent\":\"planner\",\"user\":\"ada\"}", "planner"),
        ("\"metadata\": { \"agent\" : \"planner\" }", "planner"),
        ("\"metadata\":{\"user\":\"ada\"}", nil), ("\"metadata\":{\"agent\":\"\"}", nil),
        ("\"metadata\":{\"agent\":7}", nil), ("\"agent\":\"outside\"", nil),
        ("\"metadata\":{\"note\":\"\\\"agent\\\":\\\"forged\"}", nil),
        (
            "\"metadata\":{\"agent\":\"" + String(repeating: "a", count: 65) + "\"}",
            String(repeating: "a", count: 64)
        ),
    ]) func theAgentOfARunIsThatOfItsStart(_ rest: String, _ agent: String?) {
        var story = Story()
        story.lines("{\"type\":\"RUN_STARTED\",\"threadId\":\"s\",\"runId\":\"r\",\"timestamp\":1,\(rest)}")
        #expect(story.state.backends[0].runs.values.map(\.agent) == [agent])
    }
}
