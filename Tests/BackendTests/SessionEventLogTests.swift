@testable import Backend
@testable import ContextMonitor
import Testing
import WireProtocol

@Suite struct SessionEventLogTests {
    private let log = SessionEventLog()

    private func append(_ numbers: ClosedRange<Int>, run: RunID = "r") {
        for number in numbers { append(.textMessageContent, "\(number)", run) }
    }

    private func append(_ type: EventType, _ id: String, _ run: RunID) {
        log.append(PublishedEvent(id: id, type: type, run: run, line: Array("{}".utf8)))
    }

    /// Everything a reader gets until the log has ended: ids, and gaps as they are on the wire.
    private func read(after position: Int, id: String? = nil) async -> [String] {
        var reader = SessionEventReader(log, after: position, id: id)
        var pieces: [String] = []
        await reader.forEach { piece in
            switch piece {
            case .event(let event): pieces.append(event.id)
            case .gap(let line, let next):
                let value = (try? JSONParser.parse(line))?["value"]
                pieces.append("gap \(value?.text ?? "") \(next)")
            case .silence: break
            }
            return true
        }
        return pieces
    }

    @Test func aReaderGetsEachEventOnce() async {
        append(1...100)
        log.finish()
        #expect(await read(after: 0) == (1...100).map(String.init))
        #expect(await read(after: log.position(of: "98") ?? 0) == ["99", "100"])
        #expect(await read(after: log.newest).isEmpty)
    }

    @Test func aReaderThatIsTooSlowGetsAGap() async {
        append(1...SessionEventLog.limit + 3)
        log.finish()
        let pieces = await read(after: 1, id: "1")
        #expect(pieces.first == #"gap {"next":"4","lost":2,"after":"1"} 4"#)
        #expect(pieces.dropFirst().first == "4")
        #expect(pieces.count == SessionEventLog.limit + 1)
        #expect(log.position(of: "3") == nil)
        #expect(log.position(of: "4") == 4)
    }

    @Test func aReaderThatWaitsIsWokenAndEndsWithTheLog() async {
        let (started, start) = AsyncStream<Void>.makeStream()
        let reading = Task {
            var reader = SessionEventReader(log, after: 0)
            var ids: [String] = []
            await reader.forEach { piece in
                if case .event(let event) = piece { ids.append(event.id) }
                start.yield()
                return true
            }
            return ids
        }
        append(1...1)
        for await _ in started { break }
        append(2...2)
        log.finish()
        #expect(await reading.value == ["1", "2"])
    }

    @Test func aRunsSpanIsKnownUntilItsEventsAreGone() {
        append(.runStarted, "a", "one")
        append(.runStarted, "b", "two")
        append(.runError, "c", "one")
        #expect(log.span(of: "one") == .init(start: 0, end: 3))
        #expect(log.span(of: "two") == .init(start: 1, end: nil))
        append(1...SessionEventLog.limit)
        for number in 0..<200 {
            append(.runStarted, "s\(number)", RunID(rawValue: "\(number)"))
        }
        #expect(log.span(of: "one") == nil)
        #expect(log.span(of: "two") == .init(start: 1, end: nil))
    }
}
