import PatternDetection
import Testing
import WireProtocol

@testable import ConsoleModel

/// Tables that a backend could fill without end: bounded, and what found no room is counted and told.
@Suite struct BoundedTableTests {
    @Test func pathsBeyondTheBoundAreCounted() {
        var story = Story()
        let most = BackendState.maximumPaths
        for number in 0..<most + 7 {
            story.custom(.creation, ["path": .string("p\(number)"), "status": "error", "error": "x"])
        }
        #expect(story.backend.paths.count == most)
        #expect(story.backend.reception.counters.decodeErrors == 7)
        #expect(
            story.backend.reception.lastRefusal == "path p\(most + 6): only the first \(most) paths are kept")
    }

    @Test func ownersBeyondTheBoundAreCounted() throws {
        var story = Story()
        let most = DispatcherRecord.maximumOwners
        for number in 0..<most + 3 {
            story.custom(
                .dispatcher,
                ["id": "d", "to": "active", "pattern": "factory", "owners": [.string("u\(number)")]])
        }
        let dispatcher = try #require(story.backend.dispatchers.values.first)
        #expect(dispatcher.record.owners.count == most)
        #expect(story.backend.reception.counters.decodeErrors == 3)
        #expect(story.backend.reception.lastRefusal?.hasPrefix("dispatcher d: only the first") == true)
    }

    @Test func anOwnerThatIsKnownIsNotCountedAgain() {
        var story = Story()
        for _ in 0..<3 {
            story.custom(.dispatcher, ["id": "d", "to": "active", "owners": ["u", "v"]])
        }
        #expect(story.backend.dispatchers.values.first?.record.owners == ["u", "v"])
        #expect(story.backend.reception.counters.decodeErrors == 0)
    }

    /// One triage looks at every row: of many rows, a few events alone do not make it run.
    @Test func eventsAloneTriageOftenEnoughForTheirRows() {
        let start = Timestamp(milliseconds: 1_795_980_000_000)
        var store = Store(ConsoleState(now: start))
        let key = BackendKey(0)
        func send(_ numbers: Range<Int>, _ moment: Timestamp) {
            let lines = numbers.map { number in
                OutgoingEvent(
                    .runStarted, at: moment,
                    ["runId": .string("r\(number)"), "threadId": .string("s\(number)")]
                ).line + [0x0A]
            }
            _ = store.send(.received(key, .events(EventBatch(lines: Array(lines.joined()))), at: moment))
        }
        send(0..<1600, start)
        _ = store.send(.tick(start))
        let late = start + .seconds(5)
        let needed = 2 * 1600 / Store.rowsPerEvent
        send(1600..<1601, late)
        #expect(store.state.triagedAt == start)
        send(1601..<1600 + needed / 2, late)
        #expect(store.state.triagedAt == start)
        send(1600 + needed / 2..<1600 + 2 * needed, late)
        #expect(store.state.triagedAt == late)
        send(9000..<9001, late + .seconds(5))
        _ = store.send(.tick(late + .seconds(6)))
        #expect(store.state.triagedAt == late + .seconds(6))
    }
}
