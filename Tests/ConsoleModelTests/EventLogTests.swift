import ConsoleModel
import Testing
import WireProtocol

@Suite struct EventLogTests {
    @Test func aRecordStaysSmall() {
        #expect(MemoryLayout<EventRecord>.stride <= 64)
    }

    @Test(arguments: [(9, 0), (10, 0), (11, 1), (25, 15)])
    func theOldestEventsGoAndAreCounted(count: Int, forgotten: Int) {
        var story = Story(limits: .init(maximumEvents: 10, maximumBytes: 1 << 20))
        for index in 0..<count { story.event(.textMessageContent, "r", sequence: index) }
        #expect(story.state.events.count == min(10, count))
        #expect(story.state.events.forgotten == forgotten)
        #expect(story.state.events[forgotten]?.sequence == forgotten)
        #expect(story.state.events[forgotten - 1] == nil)
        #expect(story.backend.reception.counters.eventsReceived == count)
    }

    @Test func bytesAreBoundedTooAndTheNewestBatchStays() {
        var story = Story(limits: .init(maximumEvents: 1000, maximumBytes: 500))
        for index in 0..<20 { story.event(.textMessageContent, "r", sequence: index) }
        #expect(story.state.events.byteCount <= 500)
        #expect(story.state.events.count > 0)
        story.lines((0..<50).map { _ in #"{"type":"RAW","timestamp":1}"# }.joined(separator: "\n"))
        #expect(story.state.events.count == 50)
    }

    @Test func theLineIsKeptAsItCame() {
        var story = Story()
        let line = #"{"type":"RAW","timestamp":5,"x":[1, 2]}"#
        story.lines("\n\n  \(line)  \n{\"type\":\"RAW\"}\n")
        #expect(story.state.eventRow(0)?.line == Array(line.utf8))
    }

    @Test func aSessionsEventsAreAChain() {
        var story = Story()
        story.wholeRun("r-1")
        story.wholeRun("r-2", user: "bob", session: "s-2")
        story.event(.runStarted, "r-3")
        #expect(story.state.events.previousInSession(10) == 4)
        #expect(story.state.events.previousInSession(0) == nil)
    }

    @Test func equalTextsHaveEqualSymbols() {
        var table = SymbolTable()
        let symbols = (0..<5000).map { table.intern("id-\($0)") }
        #expect(Set(symbols).count == 5000)
        #expect(
            (0..<5000).allSatisfy {
                table.intern("id-\($0)") == symbols[$0] && table[symbols[$0]] == "id-\($0)"
            })
        #expect(table.find("id-77") == symbols[77])
        #expect(table.find("never") == nil)
        #expect(table.intern("").isNone)
    }

    @Test func endlessTextsAreCutAndStayApart() {
        var table = SymbolTable()
        let long = String(repeating: "a", count: 10_000)
        let (first, second) = (table.intern(long + "1"), table.intern(long + "2"))
        #expect(first != second)
        #expect(table[first].utf8.count <= SymbolTable.maximumBytes)
        #expect(table.intern(long + "1") == first)
    }
}
