import NIOCore
import NIOPosix
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
    typealias Listener = NIOAsyncChannel<NIOAsyncChannel<ByteBuffer, ByteBuffer>, Never>
    typealias Script = @Sendable (FakeRequest) -> FakeAnswer

    let port: Int
    /// Every request, as it comes.
    let requests: AsyncStream<FakeRequest>
    private let listener: Listener
    private let seen: AsyncStream<FakeRequest>.Continuation
    private let log = RequestLog()

    /// An address on which nobody listens: tests that run beside each other bind on 127.0.0.1.
    static let nobody = "http://127.0.0.2:9"

    var origin: String { "http://127.0.0.1:\(port)" }

    private init(_ listener: Listener, port: Int) {
        self.listener = listener
        self.port = port
        (requests, seen) = AsyncStream.makeStream()
    }

    /// Every request so far.
    var history: [FakeRequest] { get async { await log.all } }

    /// Serves during `body`, then closes everything.
    static func serving<Result: Sendable>(
        host: String = "127.0.0.1", port: Int = 0, _ script: @escaping Script,
        _ body: (FakeServer) async throws -> Result
    ) async throws -> Result {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let port = try #require(listener.channel.localAddress?.port)
        let server = FakeServer(listener, port: port)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.accept(script) }
            let result = try await body(server)
            group.cancelAll()
            while let ended = await group.nextResult() { _ = ended }
            return result
        }
    }

    private func accept(_ script: @escaping Script) async throws {
        try await listener.executeThenClose { connections in
            await withDiscardingTaskGroup { group in
                do {
                    for try await connection in connections {
                        group.addTask { try? await self.serve(connection, script) }
                    }
                } catch {}
                group.cancelAll()
            }
        }
    }

    private func serve(_ connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>, _ script: Script) async throws {
        try await connection.executeThenClose { inbound, outbound in
            var head: [UInt8] = []
            var pieces = inbound.makeAsyncIterator()
            while !head.reversed().starts(with: "\n\r\n\r".utf8) {
                guard let piece = try await pieces.next() else { return }
                head += piece.readableBytesView
            }
            let request = await log.add(Self.request(head))
            seen.yield(request)
            let answer = script(request)
            for piece in answer.pieces { try await outbound.write(ByteBuffer(bytes: piece)) }
            if answer.holds { while try await pieces.next() != nil {} }
        }
    }

    private static func request(_ head: [UInt8]) -> FakeRequest {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n").map(String.init)
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let sides = line.split(separator: ":", maxSplits: 1).map(String.init)
            headers[sides[0].lowercased()] =
                sides.count > 1 ? String(sides[1].drop(while: \.isWhitespace)) : ""
        }
        return FakeRequest(line: lines.first ?? "", headers: headers)
    }
}

/// What was asked so far.
private actor RequestLog {
    private(set) var all: [FakeRequest] = []

    func add(_ request: FakeRequest) -> FakeRequest {
        var request = request
        request.turn = all.filter { $0.path == request.path }.count
        all.append(request)
        return request
    }
}
