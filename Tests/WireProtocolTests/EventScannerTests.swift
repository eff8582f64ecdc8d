import PatternDetection
import Testing
import WireProtocol

@Suite struct EventScannerTests {
    private let line = #"""
        {"type":"TOOL_CALL_START","timestamp":1795441408745,"toolCallId":"c-1","toolCallName":"calculate","metadata":{"user":"\u5c71\u7530","session":"s-1","run":"r-1","path":"http","dispatcher":"d-1","seq":3,"id":"b-17","extra":{"x":[1,"}"]}}}
        """#

    @Test func everyFieldIsFound() throws {
        let batch = EventBatch(lines: Array(line.utf8))
        let event = try #require(batch.events.first)
        #expect(batch.refused.isEmpty)
        #expect(event.type == .toolCallStart)
        #expect(event.timestamp == Timestamp(milliseconds: 1_795_441_408_745))
        #expect(event.sequence == 3)
        let texts = [
            event.user, event.session, event.run, event.path, event.dispatcher, event.id, event.call,
            event.name,
        ]
        #expect(texts.map(batch.string) == ["山田", "s-1", "r-1", "http", "d-1", "b-17", "c-1", "calculate"])
        #expect(batch.string(event.line) == line)
    }

    @Test func threadAndRunStandInForMetadata() throws {
        let batch = EventBatch(lines: Array(#"{"type":"RUN_STARTED","threadId":"t","runId":"r"}"#.utf8))
        let event = try #require(batch.events.first)
        #expect(batch.string(event.session) == "t")
        #expect(batch.string(event.run) == "r")
        #expect(event.timestamp == nil)
        #expect(event.sequence == nil)
    }

    @Test(arguments: EventType.allCases.filter { $0 != .unrecognized })
    func everyTypeIsReadBack(_ type: EventType) {
        #expect(EventType(wireName: "\(type.wireName)".utf8) == type)
    }

    @Test func aNewerBackendsTypeIsKept() throws {
        let batch = EventBatch(lines: Array(#"{"type":"HOLOGRAM_START"}"#.utf8))
        let event = try #require(batch.events.first)
        #expect(event.type == .unrecognized)
        #expect(batch.string(event.typeName) == "HOLOGRAM_START")
    }

    @Test func wrongLinesAreRefusedAndTheOthersStay() {
        let lines = ["", line, "not json", #"{"type":"RUN_STARTED""#, #"["a"]"#, "  ", line, #"{"a":1} x"#]
        let batch = EventBatch(lines: Array(lines.joined(separator: "\n").utf8))
        #expect(batch.events.count == 2)
        #expect(
            batch.refused.map(\.reason) == [
                #"not an event: unexpected "n" at byte 0"#, "not an event: truncated at byte 21",
                #"not an event: unexpected "[" at byte 0"#,
                "not an event: more text after the value at byte 8",
            ])
    }

    @Test func aLineOverTheLimitIsRefused() {
        let padding = String(repeating: "x", count: EventBatch.maximumLineBytes)
        let batch = EventBatch(lines: Array((#"{"type":"RAW","event":""# + padding + "\"}\n" + line).utf8))
        #expect(batch.events.count == 1)
        #expect(batch.refused.map(\.reason) == ["line longer than 1 MiB"])
        #expect(batch.refused.first?.excerpt.count == 200)
    }

    @Test func numbersOutOfRangeDoNotTrap() throws {
        let text = #"{"type":"RAW","timestamp":99999999999999999999,"metadata":{"seq":-9223372036854775808}}"#
        let event = try #require(EventBatch(lines: Array(text.utf8)).events.first)
        #expect(event.timestamp == nil)
    }

    @Test func everyTruncationAndByteFlipIsSurvived() {
        let bytes = Array(line.utf8)
        for end in 0...bytes.count { _ = EventBatch(lines: Array(bytes[..<end])) }
        for position in bytes.indices {
            for byte: UInt8 in [0, 0x0A, 0x22, 0x5C, 0x7B, 0x7D, 0xFF] {
                var changed = bytes
                changed[position] = byte
                let batch = EventBatch(lines: changed)
                for event in batch.events { _ = batch.string(event.user) + batch.string(event.line) }
            }
        }
    }

    @Test func anOutgoingEventIsScannedBack() throws {
        var metadata = EventMetadata()
        metadata.user = "ada\u{1B}[31m"
        metadata.run = "r"
        metadata.sequence = 5
        let outgoing = OutgoingEvent(
            .toolCallResult, at: Timestamp(milliseconds: 7), ["toolCallId": "c"], metadata: metadata)
        let batch = EventBatch(lines: outgoing.line)
        let event = try #require(batch.events.first)
        #expect(batch.string(event.user) == "ada\u{1B}[31m")
        #expect(event.sequence == 5)
        #expect(event.type.operatorWord == .toolCompleted)
        #expect(batch.string(event.call) == "c")
    }
}
