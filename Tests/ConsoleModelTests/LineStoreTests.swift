import ConsoleModel
import Testing
import WireProtocol

@Suite struct LineStoreTests {
    /// Shapes that could come back changed: escapes, numbers in odd spelling, repeated and overlong members, bad UTF-8.
    static let lines: [[UInt8]] =
        [
            #"{"type":"RUN_STARTED","timestamp":1,"threadId":"s","runId":"r","metadata":{"user":"u","session":"s","run":"r","path":"http","dispatcher":"d","seq":0,"id":"b-1"}}"#,
            #"{"type":"RUN_STARTED","timestamp":1,"threadId":"other","runId":"x","metadata":{"user":"u","session":"s","run":"r","seq":0}}"#,
            #"{"type":"RUN_STARTED","threadId":"s","runId":"r"}"#,
            #"{"metadata":{"seq":7,"user":"u","run":"r"},"timestamp":12,"type":"RAW"}"#,
            #"{"type":"RAW","timestamp":1.5e3,"metadata":{"seq":1.0}}"#,
            #"{"type":"RAW","timestamp":-5,"metadata":{"seq":-1}}"#,
            #"{"type":"RAW","timestamp":007,"metadata":{"seq":00}}"#,
            #"{"type":"RAW","timestamp":99999999999999999999,"metadata":{"seq":4294967296}}"#,
            "{ \"type\" : \"RAW\" ,\t\"timestamp\" : 12 , \"metadata\" : { \"seq\" : 3 , \"user\" : \"a b\" } }",
            #"{"type":"RAW","timestamp":1,"metadata":{"user":"\u0041da","session":"a\"b"}}"#,
            #"{"type":"RAW","timestamp":1,"timestamp":2,"metadata":{"user":"a","user":"b","seq":1,"seq":2}}"#,
            #"{"type":"RAW","metadata":{"user":"a"},"metadata":{"user":"b"},"name":"x","toolCallName":"y"}"#,
            #"{"type":"CUSTOM","name":"ctxtop.session","value":{"a":[1,"}"]},"outcome":{"type":"success"}}"#,
            #"{"type":"TOOL_CALL_RESULT","toolCallId":"c","content":"line\nbreak","message":"m","delta":""}"#,
            #"{"type":"RAW","user":"","metadata":{"user":"","session":null,"run":5}}"#,
            "{\"type\":\"RAW\",\"metadata\":{\"user\":\"\(String(repeating: "long", count: 200))\"}}",
            "{\"type\":\"RAW\",\"content\":\"\(String(repeating: "text ", count: 2000))\"}",
        ].map { Array($0.utf8) } + [
            Array(#"{"type":"RAW","metadata":{"user":""#.utf8) + [0xFF, 0xC3] + Array(#""}}"#.utf8)
        ]

    @Test(arguments: lines) func aLineComesBackByteForByte(_ line: [UInt8]) {
        var story = Story()
        story.lines(line)
        story.lines(line)
        #expect(story.state.eventRow(0)?.line == line)
        #expect(story.state.eventRow(1)?.line == line)
    }

    @Test func linesOfOneBatchDoNotMix() {
        var story = Story()
        story.lines(Array(Self.lines.joined(separator: [0x0A])))
        for (number, line) in Self.lines.enumerated() {
            #expect(story.state.eventRow(number)?.line == line)
        }
    }

    /// 1,000 shapes are learnt, the rest is kept whole.
    @Test(arguments: [999, 1000, 1001, 1200]) func moreShapesThanAreLearntAreKeptWhole(_ count: Int) {
        var story = Story()
        for index in 0..<count { story.lines("{\"type\":\"RAW\",\"member-\(index)\":1}") }
        for index in [0, count - 2, count - 1] {
            #expect(
                story.state.eventRow(index)?.line == Array("{\"type\":\"RAW\",\"member-\(index)\":1}".utf8))
        }
        #expect((story.state.events.byteCount > 0) == (count > 1000))
    }

    @Test func aLineThatWasLetGoIsEmptyAndTheNextOnesAreNot() {
        var story = Story(limits: .init(maximumEvents: 2, maximumBytes: 1 << 20))
        for line in Self.lines { story.lines(line) }
        #expect(story.state.events.line(0, story.state.symbols).isEmpty)
        #expect(story.state.eventRow(Self.lines.count - 1)?.line == Self.lines.last)
    }
}
