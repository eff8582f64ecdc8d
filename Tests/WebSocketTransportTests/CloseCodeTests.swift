import NIOCore
import Testing

@testable import WebSocketTransport

@Suite struct CloseCodeTests {
    @Test(arguments: [
        1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
    ])
    func aCodeThatMayBeSentIsACode(_ number: Int) {
        #expect(WebSocketCloseCode(number).map { Int($0.number) } == number)
    }

    @Test(arguments: [-1, 0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535, 65536])
    func aCodeThatMayNotBeSentIsNone(_ number: Int) {
        #expect(WebSocketCloseCode(number) == nil)
    }

    @Test(arguments: [(123, 123), (124, 123), (0, 0)])
    func aReasonIsCutToWhatAControlFrameHolds(_ count: Int, _ kept: Int) {
        let payload = ClosePayload(code: .normal, reason: String(repeating: "a", count: count))
        #expect(payload.reason.utf8.count == kept)
        #expect(payload.bytes.readableBytes == kept + 2)
    }

    @Test func aReasonIsNotCutInsideACharacter() {
        let payload = ClosePayload(code: .normal, reason: String(repeating: "作", count: 42))
        #expect(payload.reason == String(repeating: "作", count: 41))
    }

    @Test(arguments: [WebSocketCloseCode.noStatus, .abnormal])
    func aCodeThatIsNeverSentMakesAnEmptyFrame(_ code: WebSocketCloseCode) {
        #expect(ClosePayload(code: code, reason: "unsaid").bytes.readableBytes == 0)
    }

    @Test func everyViolationHasACodeThatMayBeSent() {
        let violations: [(ProtocolViolation, Int)] = [
            (.reservedBits, 1002), (.reservedOpcode(3), 1002), (.fragmentedControlFrame, 1002),
            (.oversizedControlFrame, 1002), (.continuationWithoutMessage, 1002),
            (.messageInsideMessage, 1002), (.unmaskedFrame, 1002), (.maskedFrame, 1002),
            (.lengthOutOfRange, 1002), (.truncatedCloseCode, 1002), (.invalidCloseCode(1005), 1002),
            (.invalidText, 1007), (.invalidCloseReason, 1007), (.messageTooBig(limit: 1), 1009),
        ]
        for (violation, code) in violations {
            #expect(Int(violation.closeCode.number) == code)
            #expect(violation.closeReason.utf8.count <= ClosePayload.longestReason)
        }
    }
}
