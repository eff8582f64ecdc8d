import ConsoleModel
import PatternDetection
import Testing
import WireProtocol

/// What a probe's run proves, and what it does not.
@Suite struct ProbeVerdictTests {
    private static let user = SyntheticMark.canary(of: "http")

    private static func event(
        _ type: String, _ sequence: Int64, user: String = user, session: String = "s", run: String = "r",
        call: String? = nil
    ) -> JSONValue {
        var event: JSONObject = [
            "type": .string(type), "timestamp": .integer(1_800_000_000_000 + sequence),
            "metadata": [
                "user": .string(user), "session": .string(session), "run": .string(run), "path": "http",
                "seq": .integer(sequence),
            ],
        ]
        if type.hasPrefix("RUN_") { event["runId"] = .string(run) }
        event.set("toolCallId", call)
        return .object(event)
    }

    private static let whole = [
        event("RUN_STARTED", 0), event("REASONING_START", 1), event("TOOL_CALL_START", 2, call: "c"),
        event("TOOL_CALL_RESULT", 3, call: "c"), event("RUN_FINISHED", 4),
    ]

    private static func verdict(_ events: [JSONValue], failure: String? = nil) -> ProbeVerdict {
        var run = ProbeRun(path: .http, user: user)
        (run.session, run.run, run.events, run.failure) = ("s", "r", events, failure)
        return ProbeVerdict(run)
    }

    @Test func aWholeRunOfItsOwnPasses() {
        let verdict = Self.verdict(Self.whole)
        #expect(verdict.hasPassed)
        #expect(
            verdict.words == [
                .agentStarted, .agentThinking, .toolExecuting, .toolCompleted, .agentCompleted,
            ])
    }

    @Test(
        arguments: [
            (0, "missing: agent_started"), (2, "unpaired: tool_completed without tool_executing"),
            (3, "missing: tool_completed"), (4, "missing: agent_completed or agent_error"),
        ])
    func eachEventThatIsMissingIsNamed(index: Int, violation: String) {
        var events = Self.whole
        events.remove(at: index)
        let verdict = Self.verdict(events)
        #expect(!verdict.hasPassed)
        #expect(verdict.violations.contains { $0.hasPrefix(violation) }, "\(verdict.violations)")
    }

    @Test func aRunThatFailedHasNotPassedAlthoughItKeptTheGrammar() {
        let verdict = Self.verdict(Array(Self.whole.dropLast()) + [Self.event("RUN_ERROR", 4)], failure: "no")
        #expect(verdict.violations.isEmpty)
        #expect(!verdict.hasPassed)
    }

    @Test(
        arguments: [
            (event("TOOL_CALL_RESULT", 9, user: "bob"), "TOOL_CALL_RESULT of bob"),
            (event("TOOL_CALL_RESULT", 9, session: "x"), "TOOL_CALL_RESULT of session x"),
            (event("RUN_FINISHED", 9, run: "q"), "RUN_FINISHED of run q"),
        ])
    func whatBelongsToOthersIsACrossing(event: JSONValue, words: String) {
        let verdict = Self.verdict(Self.whole + [event])
        #expect(verdict.crossings == [words])
        #expect(!verdict.hasPassed)
    }

    @Test func anEventThatNamesNobodyIsNoCrossing() {
        #expect(Self.verdict(Self.whole + [["type": "CUSTOM", "name": "x", "value": 1]]).crossings.isEmpty)
    }

    @Test func aCanaryWithoutADispatcherIsAFailedProbeOfItsPath() {
        var story = Story()
        let failure: JSONValue = ["path": "websocket", "status": "error", "error": "nil"]
        story.custom(.creation, failure, user: "ada")
        #expect(story.backend.memory.probes.isEmpty)
        story.custom(.creation, failure, user: SyntheticMark.canary(of: "websocket"))
        #expect(story.backend.memory.probes[.websocket]?.failed == 1)
        #expect(story.backend.memory.probes[.websocket]?.passed == 0)
    }

    @Test(arguments: [(RunRecord.State.completed, 1, 0), (.failed, 0, 1), (.lost, 0, 1)])
    func aSnapshotTellsOfTheProbesBeforeIt(state: RunRecord.State, passed: Int, failed: Int) {
        var story = Story()
        var session = SessionRecord(id: "s", user: UserID(rawValue: Self.user))
        session.path = .http
        var run = RunRecord(id: "r")
        (run.session, run.user, run.state) = ("s", UserID(rawValue: Self.user), state)
        for _ in 0..<2 {
            story.snapshot {
                $0.sessions = [session]
                $0.runs = [run]
            }
        }
        #expect(story.backend.memory.probes[.http]?.passed == passed)
        #expect(story.backend.memory.probes[.http]?.failed == failed)
    }

    @Test(
        arguments: [
            ([("http", true)], .done), ([("http", true), ("http", false)], .open),
            ([("http", false), ("http", true)], .open), ([("background", true)], .unknown), ([], .unknown),
        ] as [([(String, Bool)], ChecklistRecord.State)])
    func aReportOfAProbeIsTheTestOfItsPaths(runs: [(String, Bool)], state: ChecklistRecord.State) throws {
        var story = Story()
        story.path(.onFactory)
        let rows = runs.map { JSONValue.object(["path": .string($0.0), "passed": .bool($0.1)]) }
        let json: JSONValue = ["schema": "ctxtop.probe/1", "url": "http://a", "runs": .array(rows)]
        story.send(.probed(story.key, try #require(ProbeResult(json: json))))
        #expect(story.state.checklist(story.backend).first { $0.id == "tests" }?.state == state)
    }

    @Test func aRunThatNoBackendAnsweredTestsNothing() throws {
        let run: JSONValue = ["path": "http", "passed": false, "answered": false]
        let json: JSONValue = ["schema": "ctxtop.probe/1", "url": "http://a", "runs": .array([run])]
        #expect(try #require(ProbeResult(json: json)).runs.isEmpty)
    }

    @Test(arguments: [
        "[]", "{}", #"{"schema":"ctxtop.check/1","url":"u","runs":[]}"#,
        #"{"schema":"ctxtop.probe/1","url":"u"}"#,
        #"{"schema":"ctxtop.probe/1","url":"u","runs":[{"path":"http"}]}"#,
        #"{"schema":"ctxtop.probe/1","url":"u","runs":[1]}"#,
    ])
    func anotherDocumentIsNoReportOfAProbe(text: String) throws {
        #expect(ProbeResult(json: try JSONParser.parse(Array(text.utf8))) == nil)
    }

    @Test func theLatestProbeDecidesWhateverCameBefore() {
        var story = Story()
        story.path(.onFactory)
        let canary = SyntheticMark.canary(of: "http")
        for (run, end, state) in [
            ("p-1", EventType.runError, ChecklistRecord.State.open), ("p-2", .runFinished, .done),
            ("p-3", .runError, .open),
        ] {
            story.event(.runStarted, run, user: canary, session: "p")
            story.event(end, run, user: canary, session: "p")
            #expect(story.state.checklist(story.backend).first { $0.id == "tests" }?.state == state)
        }
    }

    @Test func aBackendsOwnWordDoesNotMakeAPathTested() {
        var story = Story()
        story.snapshot { snapshot in
            var path = PathRecord.onFactory
            path.created = 40
            snapshot.paths = [path]
            snapshot.checklist = [ChecklistRecord(id: "tests", text: "t", state: .done, evidence: [])]
        }
        #expect(story.state.checklist(story.backend).first { $0.id == "tests" }?.state == .unknown)
    }
}
