import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import WireProtocol

/// A source of server-sent events: operators' merged stream, or one session's.
package protocol EventStreamSource: Sendable {
    /// The comment that opens the stream; nil for none.
    var greeting: String? { get }
    /// Whether a graceful shutdown of the server ends the stream; else the source does.
    var endsAtShutdown: Bool { get }
    /// Calls `wake` whenever there may be more, until the result is called.
    func listen(_ wake: @escaping @Sendable () -> Void) -> @Sendable () -> Void
    /// The next piece; nil while there is nothing new.
    mutating func next() -> EventStreamPiece?
}

/// What is written to a stream in one piece.
package struct EventStreamPiece: Sendable {
    /// The events.
    package var frames: SSEWriter
    /// Whether more may be waiting, so that it is not worthwhile to wait for company.
    package var isFull: Bool
    /// Whether the stream ends after it.
    package var isLast: Bool

    package init(_ frames: SSEWriter, isFull: Bool = false, isLast: Bool = false) {
        self.frames = frames
        self.isFull = isFull
        self.isLast = isLast
    }
}

/// The response that streams a source: head, reconnection time, events, and a comment in each silence.
package struct EventStreamResponse<Source: EventStreamSource>: Sendable {
    /// How often a stream is looked at for silence; after two looks without a write, a comment is sent.
    ///
    /// A stream is therefore silent for at most 15 s, below the idle limit of common proxies (nginx: 60 s).
    private static var beat: Duration { .seconds(5) }
    /// How long events may wait for company before they are written: 5 to 20 ms cost no reader anything.
    private static var coalescing: Duration { .milliseconds(10) }

    private let source: Source
    private let location: String?

    /// A response from `source`; `location` is where the same events can be observed again.
    package init(_ source: Source, location: String? = nil) {
        self.source = source
        self.location = location
    }

    /// The response; its body ends when the source does.
    package var response: Response {
        var headers: HTTPFields = [.contentType: "text/event-stream", .cacheControl: "no-store"]
        if let name = HTTPField.Name("X-Accel-Buffering") { headers[name] = "no" }
        headers[.contentLocation] = location
        return Response(
            status: .ok, headers: headers,
            body: .init { writer in
                try await write(to: &writer)
                try await writer.finish(nil)
            })
    }

    private func write(to writer: inout any ResponseBodyWriter) async throws {
        var source = source
        let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let stopListening = source.listen { wake.yield() }
        let beat = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: Self.beat)
                wake.yield()
            }
        }
        defer {
            stopListening()
            beat.cancel()
        }
        var opening = SSEWriter()
        source.greeting.map { opening.comment($0) }
        opening.retry(.seconds(2))
        try await writer.write(ByteBuffer(bytes: opening.bytes))
        wake.yield()
        var lastWrite = ContinuousClock.now
        let endsAtShutdown = source.endsAtShutdown
        try await withGracefulShutdownHandler {
            for await _ in wakes {
                while let piece = source.next() {
                    if !piece.frames.bytes.isEmpty {
                        try await writer.write(ByteBuffer(bytes: piece.frames.bytes))
                        lastWrite = .now
                    }
                    if piece.isLast { return }
                    // A stream that is never empty would not notice otherwise that the server stops.
                    if endsAtShutdown, Task.isShuttingDownGracefully { return }
                    if !piece.isFull { try await Task.sleep(for: Self.coalescing) }
                }
                if .now - lastWrite >= Self.beat * 2 {
                    var sign = SSEWriter()
                    sign.comment("alive")
                    try await writer.write(ByteBuffer(bytes: sign.bytes))
                    lastWrite = .now
                }
            }
        } onGracefulShutdown: {
            if endsAtShutdown { wake.finish() }
        }
    }
}
