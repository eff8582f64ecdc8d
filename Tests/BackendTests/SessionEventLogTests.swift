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
        await pieces(after: position, id: id).map { piece in
            switch piece {
            case .event(let event): return event.id
            case .gap(let line, let next):
                let value = (try? JSONParser.parse(line))?["value"]
                return "gap \(value?.text ?? "") \(next)"
            }
        }
    }

    /// Reads whenever the log wakes its reader, until the log has ended.
    private func pieces(
        after position: Int, id: String? = nil, onRead: @Sendable () -> Void = {}
    ) async -> [SessionEventReader.Piece] {
        var reader = SessionEventReader(log, after: position, id: id)
        let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let stopListening = log.listen { wake.yield() }
        defer { stopListening() }
        var pieces: [SessionEventReader.Piece] = []
        for await _ in wakes {
            while true {
                let (next, isAtEnd) = reader.next()
                pieces += next
                if isAtEnd { return pieces }
                if next.isEmpty { break }
                onRead()
            }
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
        #expect(pieces.first == #"gap {"after":"1","next":"4","lost":2} 4"#)
        #expect(pieces.dropFirst().first == "4")
        #expect(pieces.count == SessionEventLog.limit + 1)
        #expect(log.position(of: "3") == nil)
        #expect(log.position(of: "4") == 4)
    }

    @Test func aReaderThatWaitsIsWokenAndEndsWithTheLog() async {
        let (started, start) = AsyncStream<Void>.makeStream()
        let reading = Task {
            await pieces(after: 0, onRead: { start.yield() }).map { piece in
                if case .event(let event) = piece { event.id } else { "gap" }
            }
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
