import Foundation
import Testing
import WireProtocol

/// HTML 9.2.6, case by case.
@Suite struct SSEParserTests {
    /// One stream and the data of the events it holds.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let wire: String
        let events: [String]
        var ids: [String]?
    }

    static let cases = [
        Case(testDescription: "one event", wire: "data: one\n\n", events: ["one"]),
        Case(testDescription: "only the first space is removed", wire: "data:  one\n\n", events: [" one"]),
        Case(testDescription: "data lines are joined", wire: "data:a\ndata\ndata:b\n\n", events: ["a\n\nb"]),
        Case(testDescription: "empty data is an event", wire: "data:\n\ndata\n\n", events: ["", ""]),
        Case(testDescription: "no data is no event", wire: "event: ping\nid: 7\n\n", events: []),
        Case(
            testDescription: "all line ends", wire: "data:1\r\n\r\ndata:2\r\rdata:3\n\n",
            events: ["1", "2", "3"]),
        Case(
            testDescription: "a byte-order mark", wire: "\u{FEFF}data:1\n\n\u{FEFF}data:2\n\n", events: ["1"]),
        Case(testDescription: "comments", wire: ": hello\n\n:\ndata:1\n:x\n\n", events: ["1"]),
        Case(
            testDescription: "unknown fields and case", wire: "Data:1\ndatum:2\n data:3\ndata:4\n\n",
            events: ["4"]),
        Case(
            testDescription: "an incomplete block", wire: "data:1\n\nid:9\ndata:2\n", events: ["1"], ids: [""]
        ),
        Case(
            testDescription: "ids stay until another comes", wire: "id:a\ndata:1\n\ndata:2\n\nid\ndata:3\n\n",
            events: ["1", "2", "3"], ids: ["a", "a", ""]),
        Case(
            testDescription: "an id with NUL is ignored", wire: "id:a\ndata:1\n\nid:b\0c\ndata:2\n\n",
            events: ["1", "2"], ids: ["a", "a"]),
        Case(
            testDescription: "an id without data counts", wire: "id:7\n\ndata:1\n\n", events: ["1"],
            ids: ["7"]),
        Case(testDescription: "beyond ASCII", wire: "data:👩‍💻 ok…\n\n", events: ["👩‍💻 ok…"]),
    ]

    @Test(arguments: cases) func readsTheSameHoweverItIsSplit(_ example: Case) {
        let bytes = Array(example.wire.utf8)
        for size in [1, 2, 3, bytes.count] {
            var parser = SSEParser()
            var events: [ServerSentEvent] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                events += parser.feed(bytes[start..<min(bytes.count, start + size)])
            }
            #expect(
                events.map { String(decoding: $0.data, as: UTF8.self) } == example.events, "pieces of \(size)"
            )
            if let ids = example.ids { #expect(events.map(\.lastEventID) == ids) }
        }
    }

    @Test func namesTheTypeOfAnEventOnce() {
        var parser = SSEParser()
        let events = parser.feed(Array("event:tool\ndata:1\n\nevent:x\n\ndata:2\n\n".utf8))
        #expect(events.map(\.type) == ["tool", "message"])
    }

    @Test(arguments: [("retry:2000\n", 2000), ("retry:20x\n", nil), ("retry\n", nil), ("retry:-1\n", nil)])
    func takesDigitsOnlyAsTheReconnectionTime(_ wire: String, _ expected: Int?) {
        var parser = SSEParser()
        _ = parser.feed(Array(wire.utf8))
        #expect(parser.retryMilliseconds == expected)
    }

    @Test func keepsTheReconnectionTimeWhenANumberDoesNotFit() {
        var parser = SSEParser()
        _ = parser.feed(Array("retry:5\nretry:99999999999999999999999\n".utf8))
        #expect(parser.retryMilliseconds == 5)
    }

    @Test func givesCommentsOnce() {
        var parser = SSEParser()
        _ = parser.feed(Array(": instance=a boot=b\nretry: 2000\n\n".utf8))
        let comments = [parser.takeComments(), parser.takeComments()]
        #expect(comments == [[" instance=a boot=b"], []])
    }

    @Test func neverKeepsMoreThanAHundredCommentsOrLongOnes() {
        var parser = SSEParser()
        for _ in 0..<200 { _ = parser.feed(Array((":" + String(repeating: "x", count: 9000) + "\n").utf8)) }
        #expect(parser.comments.count == 100)
        #expect(parser.comments.allSatisfy { $0.utf8.count <= 4096 })
    }

    @Test(arguments: [(0, 1, 0), (1, 0, 1)])
    func refusesAnEventAboveOneMebibyteAndGoesOn(_ excess: Int, _ whole: Int, _ refused: Int) {
        var parser = SSEParser()
        let long =
            "id:1\ndata:" + String(repeating: "y", count: SSEParser.maximumEventBytes + excess) + "\n\n"
        let events = parser.feed(Array(long.utf8))
        #expect(events.count == whole)
        #expect(parser.refused == refused)
        #expect(parser.lastEventID == "1")
        let next = parser.feed(Array("data:next\n\n".utf8))
        #expect(next.map(\.data) == [Array("next".utf8)])
    }

    @Test func refusesAnEventThatIsTooLongInSmallLines() {
        var parser = SSEParser()
        let line = Array(("data:" + String(repeating: "z", count: 1000) + "\n").utf8)
        for _ in 0..<2000 { _ = parser.feed(line) }
        let events = parser.feed([0x0A])
        #expect(events.isEmpty)
        #expect(parser.refused == 1)
    }

    @Test func refusesALineWithoutEndAndKeepsLittleOfIt() {
        var parser = SSEParser()
        let piece = [UInt8](repeating: 0x78, count: 1 << 20)
        var events: [ServerSentEvent] = []
        for _ in 0..<20 { events += parser.feed(piece) }
        #expect(events.isEmpty)
        events = parser.feed(Array("\n\ndata:1\n\n".utf8))
        #expect(events.count == 1)
        #expect(parser.refused == 1)
    }

    @Test func refusesNothingBecauseOfALongComment() {
        var parser = SSEParser()
        let comment = ":" + String(repeating: "c", count: 3 << 20) + "\n"
        let events = parser.feed(Array(("data:1\n" + comment + "\n").utf8))
        #expect(events.count == 1)
        #expect(parser.refused == 0)
    }

    @Test(.enabled(if: SSEVector.all.count > 0, "the shared vectors are not here"), arguments: SSEVector.all)
    func agreesWithTheSharedVectors(_ vector: SSEVector) {
        let sizes = vector.wire.count > 10_000 ? [vector.wire.count, 4093] : [vector.wire.count, 1, 7]
        for size in sizes {
            var parser = SSEParser()
            var events: [ServerSentEvent] = []
            for start in stride(from: 0, to: vector.wire.count, by: size) {
                events += parser.feed(vector.wire[start..<min(vector.wire.count, start + size)])
            }
            #expect(events.map { String(decoding: $0.data, as: UTF8.self) } == vector.data)
            #expect(events.map(\.type) == vector.types)
            #expect(events.map(\.lastEventID) == vector.ids)
            if let retry = vector.retry { #expect(parser.retryMilliseconds == retry) }
        }
    }
}

/// One case of a file of shared vectors, read where it exists.
struct SSEVector: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let wire: [UInt8]
    let data, types, ids: [String]
    let retry: Int?

    static let all: [SSEVector] = {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../../../shared/suites"
        ).path
        guard let file = FileManager.default.contents(atPath: path + "/sse-vectors.json"),
            let cases = (try? JSONParser.parse(file))?.array
        else { return [] }
        return cases.compactMap(SSEVector.init)
    }()

    private init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, let wire = json["wire_b64"]?.string,
            let bytes = Data(base64Encoded: wire), let events = json["events"]?.array
        else { return nil }
        testDescription = name
        self.wire = Array(bytes)
        data = events.compactMap { $0["data"]?.string }
        types = events.compactMap { $0["type"]?.string }
        ids = events.compactMap { $0["lastEventId"]?.string }
        retry = json["retry"]?.integer.map { Int($0) }
    }
}
