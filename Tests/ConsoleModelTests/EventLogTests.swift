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

    @Test(arguments: [0, 600 << 10]) func bytesAreBoundedTooAndTheNewestStay(_ limit: Int) {
        var story = Story(limits: .init(maximumEvents: 10_000, maximumBytes: limit))
        let text = String(repeating: "x", count: 1000)
        let lines = (0..<2000).map { #"{"type":"RAW","timestamp":\#($0),"content":"\#(text)"}"# }
        for line in lines { story.lines(line) }
        #expect(story.state.events.byteCount <= max(limit, 257 << 10))
        #expect((1..<2000).contains(story.state.events.count))
        #expect(story.state.events.count + story.state.events.forgotten == 2000)
        #expect(story.state.eventRow(1999)?.line == Array(lines[1999].utf8))
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
