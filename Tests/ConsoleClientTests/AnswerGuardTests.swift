import AsyncHTTPClient
import NIOCore
import NIOEmbedded
import NIOHPACK
import NIOHTTP1
import NIOHTTP2
import Testing

@testable import ConsoleClient

/// Answers out of order or with a status that HTTP does not have never reach the client library.
///
/// The guard is tried alone, part by part: nothing here is an answer that a library was given.
@Suite struct AnswerGuardTests {
    /// A guard with what it let through and the first error that it reported.
    private struct Trial {
        let channel = EmbeddedChannel()
        var error: (any Error)?

        init(_ handlers: any ChannelHandler...) throws {
            try channel.pipeline.syncOperations.addHandlers(handlers)
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        }

        /// Gives it one part; whether the part passed.
        mutating func feed<Part, Passed>(_ part: Part, as passed: Passed.Type) throws -> Bool {
            do { try channel.writeInbound(part) } catch { self.error = self.error ?? error }
            return try channel.readInbound(as: passed) != nil
        }

        mutating func feed(_ part: HTTPClientResponsePart) throws -> Bool {
            try feed(part, as: HTTPClientResponsePart.self)
        }
    }

    private static func head(_ status: Int) -> HTTPClientResponsePart {
        .head(HTTPResponseHead(version: .http1_1, status: .custom(code: UInt(status), reasonPhrase: "")))
    }
    private static let body = HTTPClientResponsePart.body(ByteBuffer(string: "x"))

    @Test(arguments: [101, 200, 204, 301, 404, 599, 600, 999])
    func aWholeAnswerPassesAndTheNextOne(_ status: Int) throws {
        var trial = try Trial(AnswerGuard())
        for _ in 0..<2 {
            for part in [Self.head(status), Self.body, Self.body, .end(nil)] {
                #expect(try trial.feed(part))
            }
        }
        #expect(trial.error == nil && trial.channel.isActive)
    }

    @Test func informationalHeadsComeBeforeTheAnswer() throws {
        var trial = try Trial(AnswerGuard())
        for part in [Self.head(100), Self.head(103), Self.head(199), Self.head(200), .end(nil)] {
            #expect(try trial.feed(part))
        }
        #expect(trial.error == nil)
    }

    @Test(arguments: 0..<100) func aStatusOfNoClassEndsTheConnection(_ status: Int) throws {
        var trial = try Trial(AnswerGuard())
        for part in [Self.head(status), Self.body, .end(nil), Self.head(200)] {
            #expect(try !trial.feed(part))
        }
        #expect(trial.error as? ReadError == .impossibleStatus("\(status)"))
        #expect(!trial.channel.isActive)
    }

    @Test(arguments: [
        [Self.body], [.end(nil)], [Self.head(103), Self.body], [Self.head(200), Self.head(200)],
    ])
    func whatIsOutOfOrderEndsTheConnection(_ parts: [HTTPClientResponsePart]) throws {
        var trial = try Trial(AnswerGuard())
        for part in parts.dropLast() { #expect(try trial.feed(part)) }
        #expect(try !trial.feed(try #require(parts.last)))
        #expect(try !trial.feed(.end(nil)))
        #expect(trial.error as? ReadError == .notHTTP)
        #expect(!trial.channel.isActive)
    }

    @Test func everyConnectionOfTheClientHasAGuardAfterItsDecoder() throws {
        let configuration = HTTPReader.configuration(.patient)
        #expect(configuration.httpVersion == .http1Only)
        let channel = EmbeddedChannel()
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandlers([HTTPRequestEncoder(), ByteToMessageHandler(HTTPResponseDecoder())])
        let initialize = try #require(configuration.http1_1ConnectionDebugInitializer)
        try initialize(channel).wait()
        let order = channel.pipeline.debugDescription
        let decoder = try #require(order.firstRange(of: "HTTPDecoder"))
        #expect(order[decoder.upperBound...].contains("AnswerGuard"))
        #expect(throws: Never.self) { try pipeline.handler(type: AnswerGuard.self) }
    }

    @Test(arguments: ["200", "100", "599", "999"]) func aStreamsStatusPasses(_ status: String) throws {
        var trial = try Trial(StreamStatusGuard())
        let frame = HTTP2Frame.FramePayload.headers(.init(headers: [":status": status]))
        #expect(try trial.feed(frame, as: HTTP2Frame.FramePayload.self))
        let trailers = HTTP2Frame.FramePayload.headers(.init(headers: ["grpc-status": "0"], endStream: true))
        #expect(try trial.feed(trailers, as: HTTP2Frame.FramePayload.self))
        #expect(trial.error == nil)
    }

    @Test(arguments: ["", "0", "99", "099", "1000", "2x0", "２００", "+20"])
    func aStreamsImpossibleStatusEndsIt(_ status: String) throws {
        var trial = try Trial(StreamStatusGuard())
        let frame = HTTP2Frame.FramePayload.headers(.init(headers: [":status": status]))
        #expect(try !trial.feed(frame, as: HTTP2Frame.FramePayload.self))
        #expect(try !trial.feed(frame, as: HTTP2Frame.FramePayload.self))
        #expect(trial.error as? ReadError == .impossibleStatus(String(status.prefix(8))))
        #expect(!trial.channel.isActive)
    }
}
