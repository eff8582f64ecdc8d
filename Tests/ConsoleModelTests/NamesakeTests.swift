@testable import ConsoleModel
import PatternDetection
import Testing
import WireProtocol

/// Clients choose the ids of sessions and runs, so two users may choose the same ones.
@Suite struct NamesakeTests {
    /// Ada and bob, each with a dispatcher; both call their session `thread-1`.
    private static func story(_ pattern: Verdict = .factory) -> Story {
        var story = Story()
        for user in ["ada", "bob"] {
            story.custom(
                .session, ["change": "opened", "state": "idle"], user: user, session: "thread-1")
            story.custom(
                .dispatcher,
                [
                    "id": .string("d-\(user)"), "to": "active", "pattern": .string(pattern.description),
                    "owners": [.string(user)],
                ], user: user, session: "thread-1")
        }
        return story
    }

    private static func event(
        _ story: inout Story, _ type: EventType, _ user: String?, _ dispatcher: String? = nil,
        sequence: Int, session: String = "thread-1", _ fields: JSONObject = [:]
    ) {
        var metadata = EventMetadata()
        metadata.user = user.map { UserID(rawValue: $0) }
        metadata.session = SessionID(rawValue: session)
        metadata.run = "run-1"
        metadata.path = "http"
        metadata.dispatcher = dispatcher.map { DispatcherID(rawValue: $0) }
        metadata.sequence = sequence
        let event = OutgoingEvent(type, at: story.now, fields, metadata: metadata)
        story.lines(event.line)
        story.now = story.now + .milliseconds(100)
    }

    private static func findings(_ story: Story) -> [String] {
        story.state.triage().filter { $0.severity > .notice }.map(\.id)
    }

    @Test func twoUsersOfOneNameHaveARowEach() {
        var story = Self.story()
        for (type, sequence) in [(EventType.runStarted, 0), (.runFinished, 1)] {
            for user in ["ada", "bob"] { Self.event(&story, type, user, "d-\(user)", sequence: sequence) }
        }
        #expect(story.state.sessionRows().map(\.user).sorted() == ["ada", "bob"])
        #expect(story.backend.runs.values.map(\.state) == [.completed, .completed])
        #expect(story.backend.runs.values.map(\.isViolated) == [false, false])
        #expect(story.state.isolationStatement().crossings.isEmpty)
        #expect(Self.findings(story).isEmpty)
    }

    @Test func theSubjectNamesTheUserOnlyWhereTheIdIsShared() {
        var story = Self.story()
        Self.event(&story, .runStarted, "ada", "d-ada", sequence: 0)
        _ = story.store.send(.tick(story.now + .seconds(31)))
        #expect(story.state.findings.map(\.id) == ["run-stalled:run:run-1"])
        Self.event(&story, .runStarted, "bob", "d-bob", sequence: 0)
        _ = story.store.send(.tick(story.now + .seconds(62)))
        let ids = story.state.findings.map(\.id).sorted()
        #expect(ids == ["run-stalled:run:ada/run-1", "run-stalled:run:bob/run-1"])
        // Each leads to its own user's context.
        for finding in story.state.findings {
            let users = story.state.affectedUsers(by: finding)
            #expect(finding.subject.text == "run:\(users.joined())/run-1")
        }
    }

    @Test func anEventOfAnothersRunIsACrossing() {
        var story = Self.story()
        Self.event(&story, .runStarted, "ada", "d-ada", sequence: 0)
        Self.event(&story, .textMessageStart, "bob", "d-ada", sequence: 1)
        #expect(story.backend.runs.count == 1)
        #expect(Self.findings(story).contains("run-crossed:run:run-1"))
    }

    @Test func anEventFromAnothersDispatcherIsACrossingThoughBothHaveTheRun() {
        var story = Self.story()
        for user in ["ada", "bob"] { Self.event(&story, .runStarted, user, "d-\(user)", sequence: 0) }
        Self.event(&story, .textMessageStart, "bob", "d-ada", sequence: 1)
        #expect(story.backend.runs.count == 2)
        #expect(Self.findings(story).contains("run-crossed:run:ada/run-1"))
    }

    @Test func aDispatcherThatServesEverybodyProvesNothing() {
        var story = Self.story(.singleton)
        for user in ["ada", "bob"] { Self.event(&story, .runStarted, user, "d-\(user)", sequence: 0) }
        Self.event(&story, .textMessageStart, "bob", "d-ada", sequence: 1)
        #expect(!Self.findings(story).contains { $0.hasPrefix("run-crossed") })
    }

    @Test func aSessionThatEndedKeepsItsRowWhenAnotherUserTakesItsName() {
        var story = Story()
        story.custom(.session, ["change": "opened"], user: "ada", session: "thread-1")
        story.custom(.session, ["change": "closed", "state": "ended"], user: "ada", session: "thread-1")
        story.custom(.session, ["change": "opened", "state": "idle"], user: "bob", session: "thread-1")
        let rows = story.state.sessionRows()
        #expect(rows.first { $0.user == "ada" }?.state == .ended)
        #expect(rows.first { $0.user == "bob" }?.state == .idle)
        #expect(Set(rows.map(\.key)).count == 2)
    }

    @Test func theIdOfARunThatIsOverMayBeUsedAgain() {
        var story = Self.story()
        for _ in 0..<2 {
            Self.event(&story, .runStarted, "ada", "d-ada", sequence: 0)
            Self.event(&story, .runFinished, "ada", "d-ada", sequence: 1)
        }
        #expect(story.backend.runs.values.map(\.violations) == [[]])
        #expect(story.backend.sessions.values[0].runCount == 2)
        // A start that does not begin at 0 is a late event of the old run.
        Self.event(&story, .runStarted, "ada", "d-ada", sequence: 2)
        #expect(story.backend.runs.values.map(\.isViolated) == [true])
    }

    @Test func anEventWithoutAUserBelongsToTheRunOfItsSession() {
        var story = Story()
        for user in ["ada", "bob"] {
            Self.event(&story, .runStarted, user, sequence: 0, session: "s-\(user)")
        }
        Self.event(&story, .runFinished, nil, sequence: 1, session: "s-bob")
        let states = story.backend.runs.values.map { (story.state.text($0.user), $0.state) }
        #expect(states.map(\.0) == ["ada", "bob"])
        #expect(states.map(\.1) == [.open, .completed])
    }

    @Test func aSnapshotMayListTheSameIdOfTwoUsers() {
        var story = Story()
        var snapshot = BackendSnapshot(name: "shop")
        for user in ["ada", "bob"] {
            var session = SessionRecord(id: "thread-1", user: UserID(rawValue: user))
            session.state = .running
            snapshot.sessions.append(session)
            var run = RunRecord(id: "run-1")
            run.user = session.user
            run.session = session.id
            run.state = .open
            snapshot.runs.append(run)
            var context = ContextRecord(id: ContextID(rawValue: "c-\(user)"))
            context.user = session.user
            context.session = session.id
            snapshot.contexts.append(context)
        }
        story.receive(.snapshot(snapshot))
        #expect(story.backend.sessions.count == 2 && story.backend.runs.count == 2)
        for row in story.state.sessionRows() {
            #expect(story.state.contextDetail(row.key)?.context?.id.rawValue == "c-\(row.user)")
        }
        snapshot.sessions.removeFirst()
        snapshot.runs.removeFirst()
        story.now = story.now + .seconds(5)
        snapshot.health.at = story.now
        story.receive(.snapshot(snapshot))
        let rows = story.state.sessionRows()
        #expect(rows.first { $0.user == "ada" }?.state == .ended)
        #expect(rows.first { $0.user == "bob" }?.state == .running)
        #expect(story.state.sessionKey(endingIn: "bob/thread-1") == rows.first { $0.user == "bob" }?.key)
    }

    @Test func endingASessionNamesItsUser() {
        let request = ActionRequest(backend: BackendKey(0), kind: .terminate("thread 1", of: "ada b"))
        #expect(request.route == "/sessions/thread%201/terminate?user=ada%20b")
    }
}
