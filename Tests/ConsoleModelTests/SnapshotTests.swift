import ConsoleModel
import PatternDetection
import Testing
import WireProtocol

@Suite struct SnapshotTests {
    private func snapshot(_ story: Story, boot: String = "b-1") -> BackendSnapshot {
        var snapshot = BackendSnapshot(name: "prod")
        snapshot.bootID = boot
        snapshot.health.at = story.now
        snapshot.paths = [.onFactory]
        var session = SessionRecord(id: "s-1", user: "ada")
        session.state = .running
        session.path = .http
        session.lastEventAt = story.now
        session.eventsSeen = [.agentStarted]
        var run = RunRecord(id: "r-1")
        (run.session, run.user, run.state, run.events) = ("s-1", "ada", .open, 3)
        snapshot.sessions = [session]
        snapshot.runs = [run]
        return snapshot
    }

    @Test func aSnapshotGivesRowsBeforeAnyEvent() {
        var story = Story()
        story.receive(.snapshot(snapshot(story)))
        let rows = story.state.sessionTable().rows
        #expect(rows.map(\.user) == ["ada"])
        #expect(rows.map(\.verdict) == [.factory])
        #expect(rows.map(\.ledger.text) == ["●○○○○"])
        #expect(story.backend.name == "prod")
    }

    @Test func eventsGoOnWhereTheSnapshotEnds() {
        var story = Story()
        story.receive(.snapshot(snapshot(story)))
        story.event(.runFinished, "r-1", sequence: 3)
        #expect(story.backend.runs.values.map(\.state) == [.completed])
        #expect(story.backend.runs.values.map(\.violations) == [[]])
        #expect(story.rules.isEmpty)
    }

    @Test func anOlderSnapshotNeverTurnsTheTimeBack() {
        var story = Story()
        let old = snapshot(story)
        story.receive(.snapshot(old))
        story.now = story.now + .seconds(1)
        story.event(.runFinished, "r-1", sequence: 3)
        story.receive(.snapshot(old))
        #expect(story.state.sessionTable().rows.map(\.state) == [.idle])
        #expect(story.backend.runs.values.map(\.state) == [.completed])
    }

    @Test func whatACompleteSnapshotLeavesOutIsOver() {
        var story = Story()
        story.receive(.snapshot(snapshot(story)))
        story.now = story.now + .seconds(5)
        var later = snapshot(story)
        later.sessions = []
        later.runs = []
        story.receive(.snapshot(later))
        #expect(story.state.sessionTable().rows.map(\.state) == [.ended])
    }

    @Test func aSessionThatItsServerForgotAndListsAgainIsOpenAgain() {
        var story = Story()
        story.receive(.dialect(name: "x", coverage: Coverage(missing: [.dispatchers: "not said"])))
        var session = SessionRecord(id: "s-1", user: "ada")
        session.state = .idle
        session.lastEventAt = story.now
        story.snapshot { $0.sessions = [session] }
        story.wait(.seconds(1))
        story.snapshot { $0.sessions = [] }
        #expect(story.backend.sessions.values.map(\.state) == [.ended])
        story.wait(.seconds(1))
        story.event(.runStarted, "r-1")
        // The event comes first, and must not be a run in a session that has ended.
        #expect(story.rules.isEmpty)
        session.state = .running
        session.lastEventAt = story.backend.reception.lastEventAt
        story.snapshot { $0.sessions = [session] }
        #expect(story.backend.sessions.values.map(\.state) == [.running])
        #expect(story.rules.isEmpty)
    }

    @Test func anotherBootIsNoticedAndNothingIsMixed() {
        var story = Story()
        story.receive(.snapshot(snapshot(story)))
        var other = snapshot(story, boot: "b-2")
        other.sessions = []
        other.runs = []
        story.receive(.snapshot(other))
        #expect(story.backend.identity.restarts == 1)
        #expect(story.state.changes.map(\.text).contains("restarted"))
        #expect(story.state.sessionTable().rows.map(\.state) == [.ended])
    }

    @Test func migratingLiveShowsAsAChange() {
        var story = Story()
        story.path(.onSingleton)
        story.custom(.path, PathRecord.onFactory.json)
        #expect(story.state.changes.map(\.text) == ["http singleton (legacy) → factory"])
        #expect(story.rules.isEmpty)
    }

    @Test(arguments: [(999, 0), (1000, 0), (1001, 1), (1500, 500)])
    func aDocumentHoldsAThousandEndedSessions(count: Int, omitted: Int) {
        var story = Story()
        var snapshot = BackendSnapshot(name: "prod")
        snapshot.sessions = (0..<count).map { index in
            var record = SessionRecord(id: SessionID(rawValue: "s-\(index)"), user: "ada")
            record.state = .ended
            record.since = story.now
            return record
        }
        var live = SessionRecord(id: "live", user: "bob")
        live.state = .idle
        snapshot.sessions.append(live)
        story.receive(.snapshot(snapshot))
        let document = story.state.snapshotDocument(takenAt: story.now).backends[0].snapshot
        #expect(document.sessions.count == count - omitted + 1)
        #expect(document.sessionsOmitted == omitted)
        #expect(document.sessions[0].id == "live")
    }

    @Test func theDocumentReadsItselfBack() throws {
        var story = Story()
        story.receive(.snapshot(snapshot(story)))
        story.wait(.seconds(40))
        let document = story.state.snapshotDocument(takenAt: story.now)
        let json = try JSONParser.parse(document.json.serialized)
        #expect(json["schema"] == "ctxtop.snapshot/1")
        let backend = try #require(json["backends"]?.array?.first?.object)
        #expect(BackendSnapshot(json: backend)?.sessions.map(\.state) == [.stuck])
        #expect(json["findings"]?.array?.first?["id"] == "run-stalled:run:r-1")
    }

    @Test func linksAreDatedAndReconnectsCounted() {
        var story = Story()
        for link: LinkState in [.connected, .lost, .connecting, .connected] {
            story.receive(.link(link, reason: nil, retryIn: nil))
        }
        #expect(story.backend.reception.counters.reconnects == 1)
        #expect(story.state.changes.count == 4)
    }

    @Test func pulseSaysTheVerdictInOneWord() {
        var story = Story()
        story.receive(.health(HealthRecord(.pass), body: []))
        #expect(story.state.pulseSummary().backends.map(\.word) == ["HEALTHY"])
        story.custom(.creation, ["path": "http", "status": "error", "error": "no dispatcher"])
        story.wait(.seconds(1))
        let pulse = story.state.pulseSummary()
        #expect(pulse.backends.map(\.word) == ["BROKEN"])
        #expect(pulse.findings.map(\.finding.rule) == ["creation-failing", "health-lies"])
        #expect(pulse.series.map(\.title) == ["sessions", "events/s", "errors/min", "run p95"])
        #expect(pulse.series.allSatisfy { $0.values.count == 60 })
    }

    @Test func healthRowsShowRawAndNormalised() {
        var story = Story()
        var health = HealthRecord(.warn)
        health.httpStatus = 200
        health.latencyMs = .infinity
        var check = CheckRecord(name: "db", status: .warn)
        check.isTrusted = false
        check.reason = "constant"
        health.checks = [check]
        story.receive(.health(health, body: Array("{}".utf8)))
        let rows = story.state.healthTable().rows
        #expect(rows.map(\.raw) == ["HTTP 200", ""])
        #expect(rows.map(\.isTrusted) == [true, false])
        #expect(rows.map(\.latency) == [nil, nil])
    }

    @Test func snapshotsAloneKeepARunFromStalling() {
        var story = Story()
        for _ in 0..<5 {
            story.receive(.snapshot(snapshot(story)))
            story.wait(.seconds(20))
        }
        #expect(story.rules.isEmpty)
        story.wait(.seconds(11))
        #expect(story.rules == ["run-stalled"])
    }

    @Test func aDialectThatCannotSeeSessionsEndsNone() {
        var story = Story()
        story.receive(
            .dialect(name: "other", coverage: Coverage(missing: [.sessions: "no route", .runs: "no route"])))
        story.startTool("r-1")
        story.now = story.now + .seconds(1)
        story.path(.onFactory)
        #expect(story.state.sessionTable().rows.map(\.state) == [.running])
    }

    /// A snapshot is fetched beside the stream: either may be ahead of the other.
    @Test func aSnapshotThatOvertakesTheStreamMakesNoFinding() {
        var story = Story()
        var early = snapshot(story)
        (early.runs, early.sessions) = ([], [])
        story.receive(.snapshot(early))
        // The snapshot lists a run, and then the end of its session; its events come after both.
        story.receive(.snapshot(snapshot(story)))
        var late = snapshot(story)
        late.sessions[0].state = .ended
        late.runs[0].state = .completed
        story.receive(.snapshot(late))
        #expect(story.state.triage().isEmpty, "\(story.rules)")
        story.event(.runStarted, "r-1")
        story.event(.textMessageContent, "r-1")
        story.event(.runFinished, "r-1")
        #expect(story.backend.runs.values.map(\.state) == [.completed])
        #expect(story.backend.runs.values.map(\.violations) == [[]])
        #expect(story.backend.runs.values.map(\.events) == [3])
        #expect(story.state.triage().isEmpty, "\(story.rules)")
    }

    @Test func aSnapshotThatTheStreamOvertookTakesNoDispatcherBack() {
        var story = Story()
        story.receive(.snapshot(snapshot(story)))
        story.event(.runStarted, "r-2")
        var old = snapshot(story)
        var record = DispatcherRecord(id: "d-1")
        (record.state, record.session, record.user, record.pattern) = (.initializing, "s-1", "ada", .factory)
        old.dispatchers = [record]
        for state in ["initializing", "active", "idle"] {
            let value: JSONValue = ["id": "d-1", "to": .string(state), "pattern": "factory", "executed": 2]
            story.custom(.dispatcher, value, user: "ada", session: "s-1")
        }
        story.wholeRun("r-3")
        story.receive(.snapshot(old))
        #expect(!story.rules.contains("run-impersonated"))
        #expect(story.backend.dispatchers.values.map(\.record.state) == [.idle])
        #expect(story.backend.dispatchers.values.map(\.record.executed) == [2])
    }

    @Test(arguments: [(Coverage.whole, true), (Coverage.whole.silentWithinSteps, false)])
    func aDeletedSessionIsNoFault(_ coverage: Coverage, _ isFault: Bool) throws {
        var story = Story()
        story.receive(.dialect(name: "x", coverage: coverage))
        story.event(.runStarted, "r-1")
        story.wait(.seconds(5))
        var empty = BackendSnapshot(name: "shop")
        empty.health.at = story.now
        story.receive(.snapshot(empty))
        #expect(story.backend.sessions.values.map(\.state) == [.ended])
        #expect(story.rules.contains("run-unfinished") == isFault)
    }
}
