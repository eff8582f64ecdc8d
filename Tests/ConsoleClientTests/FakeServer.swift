import NIOCore
import NIOPosix
import Synchronization
import Testing

/// What a request said.
struct FakeRequest: Sendable {
    /// `GET /health`.
    let line: String
    /// Field names in lower case.
    let headers: [String: String]
    /// The path and query.
    var path: String { line.split(separator: " ").dropFirst().first.map(String.init) ?? "" }
    /// How many requests for this path came before.
    var turn = 0
}

/// Bytes that a server writes, and what it does then.
struct FakeAnswer: Sendable {
    var pieces: [[UInt8]]
    /// Whether the connection stays open until the client closes it.
    var holds = false

    /// A whole answer of that body.
    static func whole(
        _ body: String, status: Int = 200, type: String? = "application/json", headers: String = "",
        holds: Bool = false
    ) -> FakeAnswer {
        let body = Array(body.utf8)
        var head = "HTTP/1.1 \(status) X\r\nConnection: close\r\nContent-Length: \(body.count)\r\n" + headers
        if let type { head += "Content-Type: \(type)\r\n" }
        return FakeAnswer(pieces: [Array((head + "\r\n").utf8), body], holds: holds)
    }

    /// An event stream that says `frames` and then ends or holds.
    static func stream(_ frames: String..., holds: Bool = false, type: String = "text/event-stream")
        -> FakeAnswer
    {
        let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: \(type)\r\n\r\n"
        return FakeAnswer(pieces: [Array(head.utf8)] + frames.map { Array($0.utf8) }, holds: holds)
    }

    /// An answer that never comes.
    static let silence = FakeAnswer(pieces: [], holds: true)
}

/// A server on a loopback port that says exactly what a test makes it say, garbage included.
final class FakeServer: Sendable {
    typealias Script = @Sendable (FakeRequest) -> FakeAnswer

    let port: Int
    /// Every request, as it comes.
    let requests: AsyncStream<FakeRequest>
    private let log: FakeLog

    /// An address on which nobody listens: tests that run beside each other bind on 127.0.0.1.
    static let nobody = "http://127.0.0.2:9"

    var origin: String { "http://127.0.0.1:\(port)" }

    /// Every request so far.
    var history: [FakeRequest] { log.requests }

    private init(port: Int, log: FakeLog, requests: AsyncStream<FakeRequest>) {
        self.port = port
        self.log = log
        self.requests = requests
    }

    /// Serves during `body`, then closes everything.
    static func serving<Result: Sendable>(
        host: String = "127.0.0.1", port: Int = 0, _ script: @escaping Script,
        _ body: (FakeServer) async throws -> Result
    ) async throws -> Result {
        let (requests, seen) = AsyncStream<FakeRequest>.makeStream()
        let log = FakeLog()
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                log.add(channel)
                return channel.eventLoop.makeCompletedFuture {
                    let connection = FakeConnection { request in
                        let request = log.add(request)
                        seen.yield(request)
                        return script(request)
                    }
                    try channel.pipeline.syncOperations.addHandler(connection)
                }
            }
            .bind(host: host, port: port).get()
        let server = FakeServer(
            port: try #require(listener.localAddress?.port), log: log, requests: requests)
        do {
            let result = try await body(server)
            await stop(listener, log)
            return result
        } catch {
            await stop(listener, log)
            throw error
        }
    }

    private static func stop(_ listener: any Channel, _ log: FakeLog) async {
        try? await listener.close()
        for channel in log.channels { try? await channel.close() }
    }
}

/// One connection: reads a request's head, writes the answer, and closes or waits.
private final class FakeConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: (FakeRequest) -> FakeAnswer
    private var head: [UInt8] = []
    private var isAnswered = false

    init(_ answer: @escaping (FakeRequest) -> FakeAnswer) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        head += unwrapInboundIn(data).readableBytesView
        // 0x16 begins a TLS handshake: a plain server answers it like any other nonsense.
        let isWhole = Self.isWhole(head) || head.first == 0x16
        guard isWhole, !isAnswered else { return }
        isAnswered = true
        let answer = answer(Self.request(head))
        for piece in answer.pieces {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: piece)), promise: nil)
        }
        guard !answer.holds else { return }
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in
            channel.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// Whether the head is there, and as much of a body as it names: to close before would reset the connection.
    private static func isWhole(_ bytes: [UInt8]) -> Bool {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return false }
        let length = request(Array(bytes[..<end.lowerBound])).headers["content-length"].flatMap { Int($0) }
        return bytes.count - end.upperBound >= length ?? 0
    }

    private static func request(_ head: [UInt8]) -> FakeRequest {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n").map(String.init)
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let sides = line.split(separator: ":", maxSplits: 1).map(String.init)
            guard let name = sides.first else { continue }
            headers[name.lowercased()] = sides.count > 1 ? String(sides[1].drop(while: \.isWhitespace)) : ""
        }
        return FakeRequest(line: lines.first ?? "", headers: headers)
    }
}

/// What a server was asked so far, and over which connections.
private final class FakeLog: Sendable {
    private let seen = Mutex<(requests: [FakeRequest], channels: [any Channel])>(([], []))

    var requests: [FakeRequest] { seen.withLock { $0.requests } }
    var channels: [any Channel] { seen.withLock { $0.channels } }

    func add(_ channel: any Channel) { seen.withLock { $0.channels.append(channel) } }

    func add(_ request: FakeRequest) -> FakeRequest {
        seen.withLock { seen in
            var request = request
            request.turn = seen.requests.count { $0.path == request.path }
            seen.requests.append(request)
            return request
        }
    }
}
