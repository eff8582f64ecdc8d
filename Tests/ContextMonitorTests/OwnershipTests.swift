import Hummingbird
import HummingbirdTesting
import NIOCore
import PatternDetection
import Testing
import WireProtocol

@testable import ContextMonitor
@testable import hummingbird_example

/// Ids belong to their users: equal ones neither meet nor count as a crossing.
@Suite struct MonitorOwnershipTests {
    private let start = Timestamp(milliseconds: 1_795_441_400_000)
    private let configuration = MonitorConfiguration(name: "n", version: "v", instance: "i", bootID: "b")

    /// A state in which each of these users has a session `s` and a dispatcher `d-USER`.
    private func state(_ users: [UserID], shared: DispatcherID? = nil) -> MonitorState {
        var state = MonitorState(configuration, startedAt: start)
        for user in users {
            _ = state.open(SessionRecord(id: "s", user: user), at: start)
            var record = DispatcherRecord(id: DispatcherID(rawValue: "d-\(user)"))
            (record.user, record.session, record.pattern) = (user, "s", .factory)
            record.owners = [user]
            _ = state.move(record, to: .active, reason: "ready", at: start)
        }
        if let shared {
            var record = DispatcherRecord(id: shared)
            (record.pattern, record.owners) = (.singleton, users)
            _ = state.move(record, to: .active, reason: "ready", at: start)
        }
        return state
    }

    private func event(
        _ type: EventType, _ user: UserID?, session: SessionID? = "s", run: RunID? = "r",
        dispatcher: DispatcherID?
    ) -> OutgoingEvent {
        var metadata = EventMetadata()
        (metadata.user, metadata.session, metadata.run) = (user, session, run)
        metadata.dispatcher = dispatcher
        return OutgoingEvent(type, at: start, ["toolCallId": "c"], metadata: metadata)
    }

    private func sequences(_ state: MonitorState) -> [String: [Int]] {
        var found: [String: [Int]] = [:]
        for (_, line) in state.ring.lines(after: 0, limit: .max) {
            guard let event = try? JSONParser.parse(line), let user = event["metadata"]?["user"]?.string,
                event["metadata"]?["run"] != nil, let number = event["metadata"]?["seq"]?.integer
            else { continue }
            found[user, default: []].append(Int(number))
        }
        return found
    }

    @Test func runsOfTheSameNameAreNumberedAndJudgedApart() {
        var state = state(["ada", "bob"])
        for type in [EventType.runStarted, .toolCallStart, .toolCallResult, .runFinished] {
            for user in ["ada", "bob"] as [UserID] {
                _ = state.publish(event(type, user, dispatcher: .init(rawValue: "d-\(user)")))
            }
        }
        #expect(sequences(state) == ["ada": [0, 1, 2, 3], "bob": [0, 1, 2, 3]])
        #expect(state.finishedRuns.records.map(\.grammar) == [.ok, .ok])
        #expect(state.finishedRuns.records.map(\.user) == ["ada", "bob"])
        #expect(state.snapshot(now: start).sessions.map { "\($0.user) \($0.runs)" } == ["ada 1", "bob 1"])
    }

    @Test func theEndOfASessionIsTheEndOfItsOwnRunsOnly() {
        var state = state(["ada", "bob"])
        for user in ["ada", "bob"] as [UserID] {
            _ = state.publish(event(.runStarted, user, dispatcher: .init(rawValue: "d-\(user)")))
        }
        _ = state.end(Owned("s", of: "bob"), reason: "gone", at: start)
        #expect(state.finishedRuns.records.map(\.key) == [Owned("r", of: "bob")])
        #expect(state.snapshot(now: start).sessions.map(\.state) == [.running, .ended])
        let later = state.snapshot(now: start + .seconds(31))
        #expect(
            later.dispatchers.map { "\($0.id) \($0.state.rawValue)" } == ["d-ada active", "d-bob leaked"])
        _ = state.publish(event(.runFinished, "ada", dispatcher: "d-ada"))
        #expect(state.finishedRuns.records.last?.grammar == .ok)
    }

    /// What bob knows of run `r` when an event of it comes in bob's name.
    enum Own: Sendable, CaseIterable { case none, open, ended }

    /// Ada has run `r` open. The event names bob, this session and this dispatcher.
    @Test(
        arguments: [
            // Rule 1: her own dispatcher proves it, whatever bob has.
            (Own.none, "s", "d-ada", true), (.open, "s", "d-ada", true), (.ended, "s", "d-ada", true),
            // His own dispatcher and one that nobody knows prove nothing.
            (.none, "s", "d-bob", false), (.open, "s", "d-bob", false), (.ended, "s", "d-bob", false),
            (.none, "s", "d-none", false), (.open, "s", "d-none", false), (.open, "s", nil, false),
            // Rule 2: a session that bob does not have, for a run that bob does not have.
            (.none, "s-ada", nil, true), (.none, "s-ada", "d-bob", true), (.open, "s-ada", nil, false),
            (.ended, "s-ada", nil, false), (.none, "s", nil, false), (.none, "s-none", nil, false),
            (.none, nil, nil, false), (.none, nil, "d-ada", true),
        ] as [(Own, String?, String?, Bool)])
    func anEventCrossesByMoreThanItsName(own: Own, session: String?, dispatcher: String?, crosses: Bool) {
        for isShared in [false, true] {
            var state = state(["ada", "bob"], shared: "global")
            _ = state.open(SessionRecord(id: "s-ada", user: "ada"), at: start)
            let hers: SessionID = session == "s-ada" ? "s-ada" : "s"
            _ = state.publish(
                event(.runStarted, "ada", session: hers, dispatcher: isShared ? "global" : "d-ada"))
            if own != .none { _ = state.publish(event(.runStarted, "bob", dispatcher: "d-bob")) }
            if own == .ended { _ = state.publish(event(.runFinished, "bob", dispatcher: "d-bob")) }
            _ = state.publish(
                event(
                    .toolCallResult, "bob", session: session.map { .init(rawValue: $0) },
                    dispatcher: dispatcher.map { .init(rawValue: $0) }))
            let hersIsViolated =
                state.runs[Owned("r", of: "ada")]?.grammar.violations.contains(.otherUser) == true
            let others = (state.runs.values.map(\.record) + Array(state.finishedRuns.records)).filter {
                $0.user == "bob" && $0.violations.contains(RunGrammar.Violation.otherUser.rawValue)
            }
            // On a dispatcher of everybody's, hers is not named by `d-ada`.
            let isFound = crosses && !(isShared && dispatcher == "d-ada")
            #expect(hersIsViolated == isFound, "shared: \(isShared)")
            #expect(others.isEmpty)
        }
    }

    /// On a singleton only a run that its user never started is told apart, and only when one other has it.
    @Test(arguments: [(["ada"], true), (["ada", "eve"], false)] as [([UserID], Bool)])
    func onASingletonOneOtherRunOfTheNameIsTheOne(others: [UserID], isFound: Bool) {
        var state = state(others + ["bob"], shared: "global")
        for user in others { _ = state.publish(event(.runStarted, user, dispatcher: "global")) }
        _ = state.publish(event(.toolCallResult, "bob", dispatcher: "global"))
        let violations = state.runs.values.flatMap { $0.grammar.violations }
        #expect(violations.contains(.otherUser) == isFound)
        // The start of bob's own run is his own, and so is all that follows.
        state = self.state(others + ["bob"], shared: "global")
        for user in others + ["bob"] { _ = state.publish(event(.runStarted, user, dispatcher: "global")) }
        for type in [EventType.toolCallStart, .toolCallResult, .runFinished, .runFinished] {
            _ = state.publish(event(type, "bob", dispatcher: "global"))
        }
        #expect(state.runs.values.flatMap { $0.grammar.violations }.isEmpty)
    }

    @Test func aCrossedEventLeavesTheOtherSessionItsDispatcher() {
        var state = state(["ada", "bob"])
        for user in ["ada", "bob"] as [UserID] {
            _ = state.publish(event(.runStarted, user, dispatcher: .init(rawValue: "d-\(user)")))
        }
        _ = state.publish(event(.toolCallResult, "bob", dispatcher: "d-ada"))
        #expect(state.sessions[Owned("s", of: "bob")]?.record.dispatcher == "d-bob")
    }

    @Test func anEventWithoutAUserBelongsToTheOnlyRunOfItsName() {
        var state = state(["ada", "bob"])
        _ = state.publish(event(.runStarted, "ada", dispatcher: nil))
        _ = state.publish(event(.toolCallStart, nil, session: nil, dispatcher: nil))
        #expect(state.runs[Owned("r", of: "ada")]?.record.events == 2)
        _ = state.publish(event(.runStarted, "bob", dispatcher: nil))
        _ = state.publish(event(.toolCallResult, nil, session: nil, dispatcher: nil))
        #expect(state.runs.values.map(\.record.events).sorted() == [1, 2])
        #expect(state.runs.values.allSatisfy { $0.grammar.violations.isEmpty })
    }

    @Test func whatNamesNoUserIsItsSessionsAndGoesWithTheLastOfItsName() {
        var state = state(["ada", "bob"])
        var record = DispatcherRecord(id: "d")
        record.session = "s"
        _ = state.move(record, to: .active, reason: "ready", at: start)
        _ = state.publish(event(.runStarted, nil, dispatcher: nil))
        _ = state.end(Owned("s", of: "bob"), reason: "gone", at: start)
        #expect(state.runs.count == 1 && state.dispatchers["d"]?.sessionEndedAt == nil)
        // Only ada has a session of that name now, so this run is hers.
        _ = state.publish(event(.runStarted, nil, run: "q", dispatcher: nil))
        #expect(state.runs[Owned("q", of: "ada")] != nil)
        _ = state.end(Owned("s", of: "ada"), reason: "gone", at: start)
        #expect(state.runs.isEmpty && state.dispatchers["d"]?.sessionEndedAt == start)
    }

    @Test func aRunWithoutAUserAcceptsEveryUser() {
        var state = state(["bob"])
        _ = state.publish(event(.runStarted, nil, session: nil, dispatcher: nil))
        _ = state.publish(event(.toolCallStart, "bob", dispatcher: nil))
        #expect(state.runs.values.map(\.record.events) == [2])
        // The start of a user's own run of that name is another run.
        for type in [EventType.runStarted, .runFinished] {
            _ = state.publish(event(type, "bob", dispatcher: nil))
        }
        #expect(state.finishedRuns.records.map(\.key) == [Owned("r", of: "bob")])
        _ = state.publish(event(.toolCallResult, nil, session: nil, dispatcher: nil))
        _ = state.publish(event(.runFinished, nil, session: nil, dispatcher: nil))
        #expect(state.finishedRuns.records.map(\.grammar) == [.ok, .ok])
    }

    @Test func aContextHasTheEventsOfItsOwnUser() async throws {
        let server = FortyLineServer(now: SystemClock.now)
        for user in ["ada", "bob"] as [UserID] {
            server.monitor.sessionOpened(SessionRecord(id: "s", user: user))
            var context = ContextRecord(id: "c")
            (context.user, context.session) = (user, "s")
            server.monitor.contextChanged(context)
            _ = server.call("double", 21, user: user)
        }
        try await server.application().test(.live) { client in
            func get(_ route: String) async throws -> (Int, JSONValue) {
                let answer = try await client.execute(uri: "/monitor/v1/contexts/" + route, method: .get)
                let body = try JSONParser.parse(Array(answer.body.readableBytesView))
                return (answer.status.code, body)
            }
            let (status, problem) = try await get("c")
            #expect(status == 409)
            #expect(problem["owners"] == ["ada", "bob"])
            #expect(problem["detail"] == "2 users have a context c; add ?user=NAME with one of the owners")
            for user in ["ada", "bob"] {
                let (status, document) = try await get("c?user=\(user)")
                #expect(status == 200)
                #expect(document["user"]?.string == user)
                let events = document["events"]?.array ?? []
                #expect(events.count == 6)
                #expect(events.allSatisfy { $0["metadata"]?["user"]?.string == user })
                let who = Set((document["audit"]?.array ?? []).compactMap { $0["who"]?.string })
                #expect(who == [user])
            }
            #expect(
                try await get("c?user=eve").1["detail"]
                    == "there is no context c of eve, nor was it among the last that ended")
            // An ended context is one more owner's, until it is forgotten.
            server.monitor.contextEnded(Owned("c", of: "bob"), reason: "done")
            #expect(try await get("c").0 == 409)
            #expect(try await get("c?user=bob").1["ended"]?["reason"] == "done")
            #expect(try await get("c?user=ada").1["ended"] == nil)
        }
    }
}
