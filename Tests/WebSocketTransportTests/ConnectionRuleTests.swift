import NIOCore
import Testing

@testable import WebSocketTransport

@Suite struct CloseHandshakeTests {
    private let payload = ClosePayload(code: .goingAway, reason: "bye")

    @Test func thePeersCloseIsAnsweredOnce() {
        var closing = CloseHandshake()
        #expect(closing.peerClosed(payload) == true)
        #expect(closing.closure == WebSocketClosure(code: .goingAway, reason: "bye", cause: .closedByPeer))
        #expect(closing.peerClosed(payload) == false)
        #expect(closing.closeHere() == false)
    }

    @Test func theOwnCloseWaitsForThePeersAndIsSentOnce() {
        var closing = CloseHandshake()
        #expect(closing.closeHere() == true)
        #expect(closing.closeHere() == false)
        #expect(!closing.isOpen && closing.closure == nil)
        #expect(closing.peerClosed(payload) == false)
        #expect(closing.closure == WebSocketClosure(code: .goingAway, reason: "bye", cause: .closedHere))
    }

    @Test func aPeerThatNeverAnswersLeavesNoCode() {
        var closing = CloseHandshake()
        closing.transportEnded()
        #expect(closing.closure == WebSocketClosure(code: .abnormal, reason: "", cause: .vanished))
        closing = CloseHandshake()
        _ = closing.closeHere()
        closing.transportEnded()
        #expect(closing.closure == WebSocketClosure(code: .abnormal, reason: "", cause: .closedHere))
    }

    @Test func theFirstEndCounts() {
        var closing = CloseHandshake()
        #expect(closing.fail(payload, cause: .silence) == true)
        #expect(closing.fail(payload, cause: .vanished) == false)
        closing.transportEnded()
        #expect(closing.closure?.cause == .silence)
    }

    @Test func nothingIsSentToAPeerThatFailsAfterOurClose() {
        var closing = CloseHandshake()
        _ = closing.closeHere()
        #expect(closing.fail(payload, cause: .violation(.reservedBits)) == false)
        #expect(closing.closure?.cause == .violation(.reservedBits))
    }
}

@Suite struct KeepAliveTests {
    @Test func twoSilentIntervalsAreTheEnd() {
        var keepAlive = KeepAlive()
        #expect(keepAlive.intervalEnded(isListening: true) == .ping)
        #expect(keepAlive.intervalEnded(isListening: true) == .ping)
        #expect(keepAlive.intervalEnded(isListening: true) == .giveUp)
    }

    @Test func anythingHeardStartsTheCountAgain() {
        var keepAlive = KeepAlive()
        for _ in 0..<2 { _ = keepAlive.intervalEnded(isListening: true) }
        keepAlive.heard()
        #expect(keepAlive.intervalEnded(isListening: true) == .ping)
        #expect(keepAlive.intervalEnded(isListening: true) == .ping)
        #expect(keepAlive.intervalEnded(isListening: true) == .giveUp)
    }

    @Test func whoDoesNotListenHearsNoSilence() {
        var keepAlive = KeepAlive()
        for _ in 0..<5 { #expect(keepAlive.intervalEnded(isListening: false) == .ping) }
    }
}

@Suite struct OutboxTests {
    @Test func onlyTheFirstFrameOfATurnWakesTheLoop() {
        let outbox = Outbox(role: .server, maximumBytes: 100)
        #expect(outbox.append(.text("a")) == .wake)
        #expect(outbox.append(.text("b")) == .queued)
        #expect(
            outbox.take() == joined([FrameBytes.server(.text, [0x61]), FrameBytes.server(.text, [0x62])]))
        #expect(outbox.take() == nil)
        #expect(outbox.append(.text("c")) == .wake)
    }

    @Test(arguments: [(84, Outbox.Outcome.queued), (85, .overflow(queuedBytes: 3))])
    func aFrameFitsOrRunsOver(_ count: Int, _ outcome: Outbox.Outcome) {
        // 3 bytes wait; 14 are reckoned for the header of the next: 3 + 14 + 83 = 100.
        let outbox = Outbox(role: .server, maximumBytes: 101)
        #expect(outbox.append(.text("a")) == .wake)
        #expect(outbox.append(.binary(Array(repeating: 0, count: count))) == outcome)
    }

    @Test func oneLargeMessageMayBeSentWhenNothingWaits() {
        let outbox = Outbox(role: .server, maximumBytes: 10)
        #expect(outbox.append(.binary(Array(repeating: 0, count: 1000))) == .wake)
        #expect(outbox.append(.text("")) == .overflow(queuedBytes: 1004))
    }

    @Test func bytesInFlightCountUntilTheyAreWritten() throws {
        let outbox = Outbox(role: .server, maximumBytes: 20)
        _ = outbox.append(.binary(Array(repeating: 0, count: 10)))
        let bytes = try #require(outbox.take())
        #expect(outbox.append(.text("")) == .overflow(queuedBytes: 12))
        let other = Outbox(role: .server, maximumBytes: 20)
        _ = other.append(.binary(Array(repeating: 0, count: 10)))
        _ = other.take()
        other.written(bytes.readableBytes)
        #expect(other.append(.text("")) == .wake)
    }

    @Test func anOverflowIsReportedOnceAndSealsTheQueue() {
        let outbox = Outbox(role: .server, maximumBytes: 1)
        _ = outbox.append(.text("a"))
        _ = outbox.append(.text("b"))
        #expect(outbox.append(.text("c")) == .sealed)
        #expect(outbox.discardOverflow() == 3)
        #expect(outbox.discardOverflow() == nil)
        outbox.appendClose(ClosePayload(code: .tryAgainLater, reason: ""))
        #expect(outbox.take() == FrameBytes.server(.close, FrameBytes.close(1013)))
    }

    @Test func aClientMasksEveryFrameWithAnotherKey() throws {
        let outbox = Outbox(role: .client, maximumBytes: 1000)
        for _ in 0..<4 { _ = outbox.append(.text("作者")) }
        let bytes = try #require(outbox.take())
        #expect(ParserRun(bytes).frames == Array(repeating: .message(.text("作者")), count: 4))
        let keys = Set((0..<4).compactMap { bytes.getInteger(at: $0 * 12 + 2, as: UInt32.self) })
        #expect(keys.count > 1)
    }
}
