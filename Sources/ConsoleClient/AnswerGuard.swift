public import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Stands between the HTTP/1.1 decoder and the client library and lets only well-ordered answers through.
///
/// The library's request state machine ends the process when an answer's body or end comes without a head that
/// it counts, and it counts only heads with status 101 and from 200 on. The decoder accepts any digits. So
/// an answer whose status no HTTP answer can have (RFC 9110 section 15) is refused here, with all that
/// follows it on the connection.
final class AnswerGuard: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart

    /// Which part may come next.
    private enum Expectation {
        /// A head, informational or final.
        case head
        /// More of the body, or its end.
        case body
        /// Nothing more: the connection is closing.
        case nothing
    }

    private var expectation = Expectation.head

    /// Adds a guard to a connection of the client library, after its decoder.
    ///
    /// - Throws: when the pipeline has no decoder; the library then fails the connection.
    static func add(to channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
        try pipeline.addHandler(AnswerGuard(), position: .after(decoder))
    }

    /// Passes a part that may come next; anything else ends the connection.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (expectation, unwrapInboundIn(data)) {
        case (.nothing, _): return
        case (.head, .head(let head)):
            guard AnswerStatus.isPossible(Int(head.status.code)) else {
                return refuse(.impossibleStatus("\(head.status.code)"), context)
            }
            if AnswerStatus.isFinal(Int(head.status.code)) { expectation = .body }
        case (.body, .body): break
        case (.body, .end): expectation = .head
        case (.head, .body), (.head, .end), (.body, .head): return refuse(.notHTTP, context)
        }
        context.fireChannelRead(data)
    }

    private func refuse(_ error: ReadError, _ context: ChannelHandlerContext) {
        expectation = .nothing
        context.fireErrorCaught(error)
        context.close(promise: nil)
    }
}

/// Which status codes an HTTP answer can have.
enum AnswerStatus {
    /// Whether an answer can have the status: three digits, the first of them 1 to 9.
    ///
    /// RFC 9110 section 15 defines the classes 1 to 5; a client treats 600 to 999 as server errors.
    static func isPossible(_ status: Int) -> Bool { (100...999).contains(status) }

    /// Whether the status of a field is one that an answer can have: exactly three digits.
    static func isPossible(_ field: String) -> Bool {
        let digits = field.utf8
        return digits.count == 3 && digits.allSatisfy { (0x30...0x39).contains($0) } && digits.first != 0x30
    }

    /// Whether nothing but the answer's body follows: informational answers come before another head.
    static func isFinal(_ status: Int) -> Bool { status >= 200 || status == 101 }
}

extension HTTPClient {
    /// A client for answers of any peer: impossible ones are refused; shut it down after use.
    ///
    /// - Throws: when the file of certificate authorities cannot be used.
    public static func guarded(_ options: ClientOptions) throws -> HTTPClient {
        try HTTPReader.client(options)
    }
}
