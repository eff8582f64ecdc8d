@testable import ContextMonitor
import PatternDetection
import Testing
import WireProtocol

@Suite struct MonitorStateTests {
    private let start = Timestamp(milliseconds: 1_795_441_400_000)
    private let configuration = MonitorConfiguration(name: "n", version: "v", instance: "i", bootID: "b")

    private func metadata(_ run: RunID? = nil, session: SessionID = "s") -> EventMetadata {
        var metadata = EventMetadata()
        (metadata.user, metadata.session, metadata.run, metadata.path) = ("ada", session, run, "http")
        return metadata
    }

    private func dispatcher(_ owners: [UserID]) -> DispatcherRecord {
        var record = DispatcherRecord(id: "d")
        (record.user, record.session, record.pattern, record.owners) = ("ada", "s", .factory, owners)
        return record
    }

    @Test func eventsCountWithinTheirRunAndOthersWithinTheirSession() {
        var state = MonitorState(configuration, startedAt: start)
        _ = state.publish(state.open(SessionRecord(id: "s", user: "ada"), at: start))
        for type in [EventType.runStarted, .toolCallStart, .toolCallResult, .runFinished] {
            _ = state.publish(OutgoingEvent(type, at: start, ["toolCallId": "c"], metadata: metadata("r")))
        }
        if let ended = state.end(Owned("s", of: "ada"), reason: "done", at: start) {
            _ = state.publish(ended)
        }
        let lines = state.ring.lines(after: 0, limit: .max).map {
            String(decoding: $0.line, as: UTF8.self)
        }
        let batch = EventBatch(lines: Array(lines.joined(separator: "\n").utf8))
        #expect(batch.events.map(\.sequence) == [0, 0, 1, 2, 3, nil])
        #expect(batch.events.map { batch.string($0.id) } == (1...6).map { "b-\($0)" })
        #expect(state.finishedRuns.records.map(\.grammar) == [.ok])
        #expect(state.endedSessions.records.map(\.state) == [.ended])
    }

    @Test func streamsHearOfANewContextAndOnceAMinuteOfOneThatGoesOn() {
        var state = MonitorState(configuration, startedAt: start)
        _ = state.open(SessionRecord(id: "s", user: "ada"), at: start)
        var context = ContextRecord(id: "c")
        context.session = "s"
        let first = state.take(context, at: start)
        #expect(first?.fields["value"]?["context"]?["id"] == "c")
        let early = state.take(context, at: start + .milliseconds(59_999))
        let due = state.take(context, at: start + .seconds(60))
        context.session = "unknown"
        let nobodys = state.take(context, at: start + .seconds(200))
        #expect(early == nil && due != nil && nobodys == nil)
    }

    @Test func aRunWhoseSessionEndsIsLost() {
        var state = MonitorState(configuration, startedAt: start)
        _ = state.open(SessionRecord(id: "s", user: "ada"), at: start)
        _ = state.publish(OutgoingEvent(.runStarted, at: start, metadata: metadata("r")))
        _ = state.end(Owned("s", of: "ada"), reason: "gone", at: start)
        #expect(state.finishedRuns.records.map(\.state) == [.lost])
        #expect(state.finishedRuns.records.map(\.grammar) == [.violated])
    }

    @Test func payloadsStayAwayFromOperatorsUnlessExposed() {
        for isExposed in [false, true] {
            var configuration = configuration
            configuration.exposesPayloads = isExposed
            var state = MonitorState(configuration, startedAt: start)
            let published = state.publish(
                OutgoingEvent(
                    .textMessageContent, at: start, ["delta": "top secret"], metadata: metadata("r")))
            #expect(String(decoding: published.line, as: UTF8.self).contains("top secret"))
            let operators = String(
                decoding: state.ring.lines(after: 0, limit: .max)[0].line, as: UTF8.self)
            #expect(operators.contains("top secret") == isExposed)
            #expect(operators.contains("\"bytes\":10") == !isExposed)
        }
    }

    @Test(
        arguments: [(30_000, DispatcherRecord.State.active), (30_001, .leaked)]
            as [(Int64, DispatcherRecord.State)])
    func aDispatcherIsLeakedOnlyAfterThirtySeconds(_ wait: Int64, _ expected: DispatcherRecord.State) {
        var state = MonitorState(configuration, startedAt: start)
        _ = state.open(SessionRecord(id: "s", user: "ada"), at: start)
        _ = state.move(dispatcher(["ada"]), to: .active, reason: "ready", at: start)
        _ = state.end(Owned("s", of: "ada"), reason: "gone", at: start)
        let snapshot = state.snapshot(now: Timestamp(milliseconds: start.milliseconds + wait))
        #expect(snapshot.dispatchers.map(\.state) == [expected])
    }

    @Test func twoOwnersMakeAFactoryDispatcherSharedAndASingletonNot() {
        var state = MonitorState(configuration, startedAt: start)
        _ = state.move(dispatcher(["ada", "bob"]), to: .active, reason: "ready", at: start)
        var global = dispatcher(["ada", "bob"])
        (global.id, global.pattern) = ("global", .singleton)
        _ = state.move(global, to: .active, reason: "ready", at: start)
        #expect(state.snapshot(now: start).dispatchers.map(\.state) == [.shared, .active])
    }

    @Test func anEventNamesTheNewestOwnersAndTheSnapshotAll() throws {
        var state = MonitorState(configuration, startedAt: start)
        var global = dispatcher((0..<20).map { UserID(rawValue: "u\($0)") })
        (global.id, global.pattern) = ("global", .singleton)
        let event = state.move(global, to: .active, reason: "serves u19", at: start)
        let told = event.fields["value"]?["owners"]?.array
        #expect(told == (12..<20).map { .string("u\($0)") })
        #expect(state.snapshot(now: start).dispatchers.first?.owners.count == 20)
    }

    @Test func theRingKeepsWhatIsYoungOrFew() {
        var configuration = configuration
        configuration.ringMinimumEvents = 3
        configuration.ringMinimumAge = .seconds(10)
        var ring = EventRing(configuration)
        for second in 0..<20 {
            ring.append([UInt8(second)], at: Timestamp(milliseconds: Int64(second) * 1000))
        }
        #expect(ring.firstNumber == 10)
        #expect(ring.lines(after: 4, limit: .max).map(\.number) == Array(10...20))
        ring.append([99], at: Timestamp(milliseconds: 1_000_000))
        #expect(ring.count == 3)
    }

    @Test func theRingNeverHoldsMoreThanItsBytes() {
        var configuration = configuration
        configuration.ringMaximumBytes = 100
        var ring = EventRing(configuration)
        for _ in 0..<50 { ring.append(Array(repeating: 0, count: 30), at: start) }
        #expect(ring.count == 3)
    }

    @Test func sameEvidenceIsNoNews() {
        var state = MonitorState(configuration, startedAt: start)
        let rows = [Evidence(.toolClasses, "4", source: "x")]
        #expect(state.observe(rows, on: .http, at: start) != nil)
        #expect(state.observe(rows, on: .http, at: start) == nil)
        #expect(state.observe([], on: .http, at: start) != nil)
        #expect(state.paths[.http]?.detected == .unknown)
    }

    @Test func everyOutcomeIsCountedOnItsPath() {
        var state = MonitorState(configuration, startedAt: start)
        _ = state.record(.created("d", pattern: .factory), on: .http, at: start, about: .init())
        _ = state.record(.fellBack("g", error: "e1"), on: .http, at: start, about: .init())
        _ = state.record(.failed(error: "e2"), on: .http, at: start, about: .init())
        let path = state.paths[.http]
        #expect(path?.created == 2)
        #expect(path?.fallbacks == 1)
        #expect(path?.failed == 1)
        #expect(path?.lastOutcome == OutcomeRecord(.error, error: "e2", at: start))
        #expect(path?.lastUsedAt == ["factory": start, "singleton": start])
    }

    @Test(arguments: [("ctxtop.session", true), ("acme.order", false)])
    func onlyOurOwnCustomValuesTravelToOperators(name: String, travels: Bool) {
        var state = MonitorState(configuration, startedAt: start)
        _ = state.publish(
            OutgoingEvent(
                .custom, at: start, ["name": .string(name), "value": ["card": "4111"]],
                metadata: metadata("r")))
        let line = String(decoding: state.ring.lines(after: 0, limit: .max)[0].line, as: UTF8.self)
        #expect(line.contains("4111") == travels)
        #expect(line.contains(name))
    }

    @Test func oneOpenRunTooManyCostsTheOldest() {
        var state = MonitorState(configuration, startedAt: start)
        for index in 0...MonitorState.maximumOpenRuns {
            var about = EventMetadata()
            about.run = RunID(rawValue: "r-\(index)")
            _ = state.publish(
                OutgoingEvent(.runStarted, at: start + .milliseconds(index), metadata: about))
        }
        #expect(state.runs.count == MonitorState.maximumOpenRuns)
        #expect(state.finishedRuns.records.map(\.id) == ["r-0"])
        #expect(state.finishedRuns.records.map(\.state) == [.lost])
    }

    @Test func aQuietMinuteHasTheSessionsOfTheOneBefore() {
        var history = MinuteHistory()
        history.countEvent(at: start, path: nil, sessions: 7)
        let records = history.records(now: start + .seconds(120))
        #expect(records.map(\.sessions) == [7, 7, 7])
        #expect(records.map(\.events) == [1, 0, 0])
    }
}
