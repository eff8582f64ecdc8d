import PatternDetection
import Testing
import WireProtocol

@Suite struct DocumentTests {
    private var snapshot: BackendSnapshot {
        let now = Timestamp(milliseconds: 1_795_441_408_745)
        var snapshot = BackendSnapshot(name: "prod")
        snapshot.version = "1.0"
        snapshot.bootID = "b"
        snapshot.startedAt = now
        var path = PathRecord(path: .websocket)
        path.detected = .missingComponent("tool_dispatcher")
        path.expected = .factory
        path.evidence = [
            EvidenceRecord(Evidence(.toolClasses, "4", source: "start-up"), at: now),
            EvidenceRecord(
                Evidence(.requires, "tool_dispatcher", source: "code", trust: .untrusted(reason: "r")),
                at: nil),
        ]
        path.lastOutcome = OutcomeRecord(.error, error: "gone", at: now)
        path.lastUsedAt = ["factory": now]
        snapshot.paths = [path]
        var session = SessionRecord(id: "s", user: "ada")
        session.state = .running
        session.eventsSeen = [.agentStarted, .agentThinking]
        snapshot.sessions = [session]
        var dispatcher = DispatcherRecord(id: "d")
        dispatcher.owners = ["ada", "bob"]
        dispatcher.pattern = .singleton
        snapshot.dispatchers = [dispatcher]
        var run = RunRecord(id: "r")
        run.violations = ["late"]
        snapshot.runs = [run]
        var context = ContextRecord(id: "c")
        context.deadline = now
        snapshot.contexts = [context]
        snapshot.limits = ["runs": LimitRecord(limit: 3, used: 1)]
        snapshot.checklist = [ChecklistRecord(id: "paths", text: "Identify", state: .open)]
        var health = HealthRecord(.warn)
        health.checks = [CheckRecord(name: "pattern:http", status: .pass)]
        snapshot.health = health
        snapshot.lastEventID = "b-9"
        var bucket = HistoryBucket(at: now)
        bucket.byPath = ["http": 2]
        snapshot.history = [bucket]
        return snapshot
    }

    @Test func aSnapshotIsReadBackWhole() throws {
        let object = try #require(try JSONParser.parse(snapshot.json.serialized).object)
        #expect(BackendSnapshot(json: object) == snapshot)
    }

    @Test func anythingElseIsNoSnapshot() throws {
        #expect(BackendSnapshot(json: ["status": "pass"]) == nil)
    }

    @Test func rowsWithoutIdentityAreCountedAndTheOthersStay() throws {
        let read = try #require(
            BackendSnapshot(json: [
                "sessions": [["id": "s"], ["user": "ada"], "x"], "runs": [[:]], "paths": [],
                "dispatchers": [],
            ]))
        #expect(read.sessions.map(\.id) == ["s"])
        #expect(read.refusedRows == 3)
    }

    @Test(
        arguments: [
            (["sessions": .null, "runs": [], "paths": [], "dispatchers": []], 1),
            (["sessions": [], "runs": 7, "paths": [], "dispatchers": []], 1),
            (["sessions": [], "paths": []], 2),
            (["sessions": [], "runs": [], "paths": [], "dispatchers": []], 0),
        ] as [(JSONObject, Int)]) func aListThatIsMissingWasNotRead(_ json: JSONObject, _ count: Int) throws
    {
        #expect(try #require(BackendSnapshot(json: json)).refusedRows == count)
    }

    @Test func wrongTypesCountAsAbsent() throws {
        let read = try #require(
            BackendSnapshot(json: [
                "paths": [
                    ["path": "http", "created": "many", "detected": "perfect", "lastOutcome": 3, "kind": 7]
                ],
                "limits": [], "history": "none", "startedAt": "yesterday",
            ]))
        #expect(read.paths == [PathRecord(path: .http)])
        #expect(read.startedAt == nil)
    }

    @Test func absentScalarsAreOmittedAndArraysAlwaysThere() {
        let object = BackendSnapshot(name: "x").json.object
        #expect(object?["version"] == nil)
        #expect(object?["sessions"] == [])
        #expect(object?["history"] == [])
        #expect(!BackendSnapshot(name: "x").json.text.contains("null"))
    }

    @Test func theSameEvidenceGivesTheSameVerdictAtBothEnds() throws {
        let sent = snapshot.paths[0]
        let object = try #require(try JSONParser.parse(sent.json.serialized).object)
        let received = try #require(PathRecord(json: object))
        #expect(received.judgement == sent.judgement)
    }
}
