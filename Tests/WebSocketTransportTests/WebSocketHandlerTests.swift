import NIOCore
import NIOEmbedded
import Testing

@testable import WebSocketTransport

/// One handler on an embedded channel, and what its owner was told.
private final class Embedded {
    let channel = EmbeddedChannel()
    let handler: WebSocketHandler
    private(set) var received: [WebSocketMessage] = []
    private(set) var closure: WebSocketClosure?
    var demand = WebSocketCallbacks.Demand.more

    init(role: WebSocketRole = .server, configuration: WebSocketConfiguration = .init()) throws {
        var message: (WebSocketMessage) -> WebSocketCallbacks.Demand = { _ in .more }
        var close: (WebSocketClosure) -> Void = { _ in }
        handler = WebSocketHandler(
            role: role, configuration: configuration,
            callbacks: WebSocketCallbacks(onMessage: { message($0) }, onClose: { close($0) }))
        try channel.pipeline.syncOperations.addHandler(handler)
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        message = { [weak self] in
            self?.received.append($0)
            return self?.demand ?? .more
        }
        close = { [weak self] in
            #expect(self?.closure == nil, "told twice")
            self?.closure = $0
        }
    }

    deinit { _ = try? channel.finish(acceptAlreadyClosed: true) }

    func receive(_ bytes: ByteBuffer) throws { try channel.writeInbound(bytes) }

    /// Everything written so far, in one buffer.
    func written() throws -> ByteBuffer {
        var all = ByteBuffer()
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) { all.writeImmutableBuffer(bytes) }
        return all
    }
}

@Suite struct WebSocketHandlerTests {
    @Test func messagesReachTheOwnerInOrder() throws {
        let end = try Embedded()
        try end.receive(joined([FrameBytes.text("a"), FrameBytes.client(.binary, [1])]))
        #expect(end.received == [.text("a"), .binary([1])])
    }

    @Test func everyPingIsAnsweredWithItsPayload() throws {
        let end = try Embedded()
        try end.receive(
            joined([FrameBytes.client(.ping, [1, 2]), FrameBytes.client(.ping), FrameBytes.client(.pong)]))
        #expect(try end.written() == joined([FrameBytes.server(.pong, [1, 2]), FrameBytes.server(.pong)]))
    }

    @Test func sendsOfOneTurnAreOneWrite() throws {
        let end = try Embedded()
        for text in ["a", "b", "c"] { try end.handler.send(.text(text)) }
        end.channel.embeddedEventLoop.run()
        let bytes = try end.channel.readOutbound(as: ByteBuffer.self)
        #expect(bytes == joined(["a", "b", "c"].map { FrameBytes.server(.text, Array($0.utf8)) }))
    }

    @Test(
        arguments: [
            (FrameBytes.client(.close, FrameBytes.close(4000, [0x61])), FrameBytes.close(4000), 4000),
            (FrameBytes.client(.close), [], 1005),
        ] as [(ByteBuffer, [UInt8], Int)])
    func peersCloseIsEchoedAndEndsTCP(_ frame: ByteBuffer, _ answer: [UInt8], _ code: Int) throws {
        let end = try Embedded()
        try end.receive(joined([frame, FrameBytes.text("too late")]))
        #expect(try end.written() == FrameBytes.server(.close, answer))
        #expect(end.closure.map { Int($0.code.number) } == code)
        #expect(end.closure?.cause == .closedByPeer)
        #expect(end.received.isEmpty && !end.channel.isActive)
    }

    @Test(
        arguments: [
            (FrameBytes(first: 0xC1).buffer, .reservedBits, 1002),
            (FrameBytes(first: 0x83).buffer, .reservedOpcode(3), 1002),
            (FrameBytes(first: 0x81, key: nil).buffer, .unmaskedFrame, 1002),
            (FrameBytes.client(.text, [0xFF]), .invalidText, 1007),
            (FrameBytes.client(.binary, Array(repeating: 0, count: 11)), .messageTooBig(limit: 10), 1009),
        ] as [(ByteBuffer, ProtocolViolation, UInt16)])
    func violationClosesWithItsCode(_ frame: ByteBuffer, _ violation: ProtocolViolation, _ code: UInt16)
        throws
    {
        let end = try Embedded(configuration: .init(maximumMessageBytes: 10))
        try end.receive(joined([FrameBytes.text("before"), frame, FrameBytes.text("after")]))
        #expect(end.received == [.text("before")])
        #expect(end.closure?.cause == .violation(violation))
        let written = try end.written()
        #expect(written.getInteger(at: 0) == UInt8(0x88) && written.getInteger(at: 2) == code)
        #expect(throws: WebSocketError.closed) { try end.handler.send(.text("x")) }
        #expect(!end.channel.isActive)
    }

    @Test func ownCloseEndsWhenThePeerAnswers() throws {
        let end = try Embedded()
        try end.handler.send(.text("last"))
        end.handler.close(code: .goingAway, reason: "bye")
        #expect(throws: WebSocketError.closed) { try end.handler.send(.text("x")) }
        let close = FrameBytes.server(.close, FrameBytes.close(1001, Array("bye".utf8)))
        #expect(try end.written() == joined([FrameBytes.server(.text, Array("last".utf8)), close]))
        try end.receive(FrameBytes.text("dropped"))
        #expect(end.closure == nil && end.received.isEmpty)
        try end.receive(FrameBytes.client(.close, FrameBytes.close(1001)))
        #expect(end.closure == WebSocketClosure(code: .goingAway, reason: "", cause: .closedHere))
    }

    @Test func peerThatDoesNotAnswerTheCloseIsLeft() throws {
        let end = try Embedded(configuration: .init(closeTimeout: .seconds(5), keepAliveInterval: nil))
        end.handler.close(code: .normal, reason: "")
        end.channel.embeddedEventLoop.advanceTime(by: .milliseconds(4999))
        #expect(end.channel.isActive)
        end.channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(end.closure == WebSocketClosure(code: .abnormal, reason: "", cause: .closedHere))
        #expect(!end.channel.isActive)
    }

    @Test func silentPeerIsPingedTwiceAndLeft() throws {
        let end = try Embedded(configuration: .init(keepAliveInterval: .seconds(20)))
        let ping = FrameBytes.server(.ping)
        end.channel.embeddedEventLoop.advanceTime(by: .seconds(40))
        #expect(try end.written() == joined([ping, ping]))
        end.channel.embeddedEventLoop.advanceTime(by: .seconds(20))
        #expect(end.closure?.cause == .silence)
    }

    @Test func peerThatAnswersPingsStays() throws {
        let end = try Embedded(configuration: .init(keepAliveInterval: .seconds(20)))
        for _ in 0..<10 {
            end.channel.embeddedEventLoop.advanceTime(by: .seconds(20))
            try end.receive(FrameBytes.client(.pong))
        }
        #expect(end.closure == nil)
    }

    @Test func slowOwnerIsNotReadFor() throws {
        let end = try Embedded()
        end.demand = .pause
        try end.receive(joined([FrameBytes.text("a"), FrameBytes.text("b"), FrameBytes.client(.ping)]))
        #expect(end.received == [.text("a")])
        end.handler.resume()
        #expect(end.received == [.text("a"), .text("b")])
        end.demand = .more
        end.handler.resume()
        #expect(try end.written() == FrameBytes.server(.pong))
    }

    @Test func whatArrivedBeforeTheEndIsStillRead() throws {
        let end = try Embedded()
        end.demand = .pause
        let close = FrameBytes.client(.close, FrameBytes.close(1000))
        try end.receive(joined([FrameBytes.text("a"), FrameBytes.text("b"), close]))
        end.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(end.received == [.text("a"), .text("b")])
        #expect(end.closure?.code == .normal)
    }

    @Test func closedInputIsTheEnd() throws {
        let end = try Embedded()
        end.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(end.closure == WebSocketClosure(code: .abnormal, reason: "", cause: .vanished))
        #expect(!end.channel.isActive)
    }

    @Test func drainingServerSaysGoingAway() throws {
        let end = try Embedded()
        end.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(try end.written().getInteger(at: 2) == UInt16(1001))
    }

    @Test func drainingServerLeavesTheCloseToAnOwnerThatWantsIt() throws {
        let end = try Embedded(configuration: .init(closesWhenServerDrains: false))
        end.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(try end.written().readableBytes == 0)
        end.handler.close(code: .serviceRestart, reason: "")
        #expect(try end.written().getInteger(at: 2) == UInt16(1012))
    }

    @Test func peerThatDoesNotReadIsClosedAndReported() throws {
        let end = try Embedded(configuration: .init(maximumQueuedBytes: 100))
        end.channel.isWritable = false
        try end.handler.send(.binary(Array(repeating: 0, count: 80)))
        #expect(throws: WebSocketError.overflow(queuedBytes: 82)) {
            try end.handler.send(.binary(Array(repeating: 0, count: 80)))
        }
        #expect(end.closure?.cause == .overflow(discardedBytes: 82))
        #expect(end.closure?.code == .tryAgainLater)
        #expect(try end.written().getInteger(at: 2) == UInt16(1013))
    }

    @Test func peerThatPingsAndDoesNotReadRunsOverToo() throws {
        let end = try Embedded(configuration: .init(maximumQueuedBytes: 100))
        end.channel.isWritable = false
        try end.receive(
            joined(Array(repeating: FrameBytes.client(.ping, Array(repeating: 1, count: 80)), count: 2)))
        #expect(end.closure?.cause == .overflow(discardedBytes: 82))
    }
}
