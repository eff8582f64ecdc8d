import NIOCore
import Testing

@testable import WebSocketTransport

@Suite struct MessageParserTests {
    static let pieces = [1, 2, 3, 7, .max]

    @Test(arguments: pieces) func everyCutGivesTheSameFrames(_ pieceBytes: Int) {
        let bytes = joined([
            .init(), FrameBytes.text("作者 says "), FrameBytes.text("Hel", isFinal: false),
            FrameBytes.client(.ping, [1, 2, 3]), FrameBytes.client(.continuation, isFinal: false),
            FrameBytes.client(.continuation, Array("lo".utf8)),
            FrameBytes.client(.binary, Array(repeating: 7, count: 300)),
            FrameBytes.client(.pong, [9]), FrameBytes.text(""),
            FrameBytes.client(.close, FrameBytes.close(1000, Array("bye".utf8))),
        ])
        let run = ParserRun(bytes, pieceBytes: pieceBytes)
        #expect(
            run.frames == [
                .message(.text("作者 says ")), .ping(ByteBuffer(bytes: [1, 2, 3])),
                .message(.text("Hello")), .message(.binary(Array(repeating: 7, count: 300))), .pong,
                .message(.text("")), .close(ClosePayload(code: .normal, reason: "bye")),
            ])
        #expect(run.violation == nil)
    }

    @Test func aCharacterMayBeCutByFragmentsAndControlFrames() {
        let bytes = Array("😀".utf8)
        var frames = [FrameBytes.client(.text, [bytes[0]], isFinal: false)]
        for byte in bytes[1...] {
            frames.append(FrameBytes.client(.ping))
            frames.append(FrameBytes.client(.continuation, [byte], isFinal: false))
        }
        frames.append(FrameBytes.client(.continuation))
        #expect(ParserRun(joined(frames)).frames.last == .message(.text("😀")))
    }

    @Test func wrongTextFailsBeforeItsFrameIsWhole() {
        // A surrogate: its second byte is the first wrong one (RFC 3629 3).
        let frame = FrameBytes.client(.text, Array("abc".utf8) + [0xED, 0xA0, 0x80] + Array("rest".utf8))
        let run = ParserRun(frame, pieceBytes: 1)
        #expect(run.violation == .invalidText)
        #expect(run.bytesUntilViolation == 6 + 5)
    }

    @Test func wrongTextFailsBeforeItsMessageIsWhole() {
        let run = ParserRun(
            joined([
                FrameBytes.client(.text, [0xF4], isFinal: false),
                FrameBytes.client(.continuation, [0x90], isFinal: false),
            ]))
        #expect(run.violation == .invalidText)
    }

    @Test func textThatEndsInsideACharacterFails() {
        #expect(ParserRun(FrameBytes.client(.text, [0xE4, 0xBD])).violation == .invalidText)
        let rest = joined([
            FrameBytes.client(.text, [0xE4, 0xBD], isFinal: false), FrameBytes.client(.continuation),
        ])
        #expect(ParserRun(rest).violation == .invalidText)
    }

    @Test func bytesNeedNotBeText() {
        #expect(
            ParserRun(FrameBytes.client(.binary, [0xFF, 0xFE])).frames == [.message(.binary([0xFF, 0xFE]))])
    }

    @Test(arguments: [(10, 0), (5, 5), (10, 1), (5, 6), (0, 11)])
    func messageIsLimitedOverAllItsFragments(_ first: Int, _ second: Int) {
        let bytes = joined([
            FrameBytes.client(.binary, Array(repeating: 1, count: first), isFinal: false),
            FrameBytes.client(.continuation, Array(repeating: 2, count: second)),
        ])
        let run = ParserRun(bytes, maximumMessageBytes: 10)
        if first + second <= 10 {
            #expect(run.violation == nil && run.frames.count == 1)
        } else {
            #expect(run.violation == .messageTooBig(limit: 10))
        }
    }

    @Test func aMessageThatIsTooBigFailsAtItsHeader() {
        let header: [UInt8] = [0x82, 0x7F, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]
        let run = ParserRun(ByteBuffer(bytes: header), role: .client)
        #expect(run.violation == .messageTooBig(limit: 1 << 20))
    }

    @Test func controlFramesDoNotCountAsMessageBytes() {
        let ping = FrameBytes.client(.ping, Array(repeating: 0, count: 125))
        #expect(ParserRun(ping, maximumMessageBytes: 10).frames.count == 1)
    }

    @Test(
        arguments: [
            ([], nil), ([3], .truncatedCloseCode), (FrameBytes.close(1000, [0xC3]), .invalidCloseReason),
            (FrameBytes.close(1000, [0xFF]), .invalidCloseReason),
            (FrameBytes.close(1005), .invalidCloseCode(1005)),
            (FrameBytes.close(3000, Array(repeating: 0x61, count: 123)), nil),
        ] as [([UInt8], ProtocolViolation?)])
    func closePayloadIsChecked(_ payload: [UInt8], _ violation: ProtocolViolation?) {
        let run = ParserRun(FrameBytes.client(.close, payload))
        #expect(run.violation == violation)
        #expect(run.frames.count == (violation == nil ? 1 : 0))
    }

    @Test func emptyCloseFrameHasNoCode() {
        #expect(
            ParserRun(FrameBytes.client(.close)).frames == [.close(ClosePayload(code: .noStatus, reason: ""))]
        )
    }
}
