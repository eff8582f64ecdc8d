import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import Synchronization
import WireProtocol

extension ContextMonitor {
    /// How often a stream is looked at for silence; two looks without a write and a comment is sent.
    ///
    /// So it is silent for at most 15 s (WIRE.md "SSE").
    private static let beat = Duration.seconds(5)
    /// How long events may wait for company before they are written: 10 ms (PITFALLS: 5 to 20).
    private static let coalescing = Duration.milliseconds(10)
    /// How much is written at once, in bytes.
    private static let chunk = 64 << 10

    /// Server-sent events (HTML 9.2) from a resume point, or from now.
    ///
    /// - Throws: 410 when the resume point is gone or of another boot.
    func eventStream(_ request: Request) throws(Problem) -> Response {
        let start = try resumePoint(request)
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream", .cacheControl: "no-store",
                HTTPField.Name("X-Accel-Buffering") ?? .cacheControl: "no",
            ],
            body: .init { writer in
                try await self.stream(after: start, to: &writer)
                try await writer.finish(nil)
            })
    }

    private func resumePoint(_ request: Request) throws(Problem) -> Int {
        let asked =
            request.headers[HTTPField.Name("Last-Event-ID") ?? .range]
            ?? request.uri.queryParameters["after"]
            .map(String.init)
        let (first, next) = state.withLock { ($0.ring.firstNumber, $0.ring.nextNumber) }
        guard let asked, !asked.isEmpty else { return next - 1 }
        let gone = Problem(
            .gone, "events after \(asked) are not held here any more; take a new snapshot",
            members: [
                "snapshot": .string(Self.root + "/snapshot"), "instance": .string(configuration.instance),
                "bootId": .string(configuration.bootID),
            ])
        let head = configuration.bootID + "-"
        guard asked.hasPrefix(head), let number = Int(asked.dropFirst(head.count)), number >= 0,
            number < next,
            number + 1 >= first
        else { throw gone }
        return number
    }

    private func stream(after start: Int, to writer: inout any ResponseBodyWriter) async throws {
        var position = start
        let events = newEvents()
        let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let forward = Task {
            for await _ in events { wake.yield() }
            wake.finish()
        }
        let beat = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: Self.beat)
                wake.yield()
            }
        }
        defer {
            forward.cancel()
            beat.cancel()
        }
        let hello = ": instance=\(configuration.instance) boot=\(configuration.bootID)\nretry: 2000\n\n"
        try await writer.write(ByteBuffer(string: hello))
        wake.yield()
        var lastWrite = ContinuousClock.now
        try await withGracefulShutdownHandler {
            for await _ in wakes {
                while let buffer = nextChunk(&position) {
                    try await writer.write(buffer)
                    lastWrite = .now
                    // A stream that is never empty would else not notice that the server stops.
                    if Task.isShuttingDownGracefully { return }
                    if buffer.readableBytes < Self.chunk { try await Task.sleep(for: Self.coalescing) }
                }
                if .now - lastWrite >= Self.beat * 2 {
                    try await writer.write(ByteBuffer(string: ": alive\n\n"))
                    lastWrite = .now
                }
            }
        } onGracefulShutdown: {
            wake.finish()
        }
    }

    /// The next events in SSE framing, a `ctxtop.gap` before them where some were lost; nil when there is none.
    private func nextChunk(_ position: inout Int) -> ByteBuffer? {
        let (lines, lost) = state.withLock { $0.ring.lines(after: position, limit: Self.chunk) }
        guard let last = lines.last else { return nil }
        var buffer = ByteBuffer()
        if lost > 0, let first = lines.first {
            let gap = OutgoingEvent(
                .gap, at: now(),
                value: [
                    "after": .string("\(configuration.bootID)-\(position)"),
                    "next": .string("\(configuration.bootID)-\(first.number)"), "lost": .integer(Int64(lost)),
                    "instance": .string(configuration.instance), "bootId": .string(configuration.bootID),
                ])
            buffer.writeString("data: ")
            buffer.writeBytes(gap.line)
            buffer.writeString("\n\n")
        }
        for (number, line) in lines {
            buffer.writeString("id: \(configuration.bootID)-\(number)\ndata: ")
            buffer.writeBytes(line)
            buffer.writeString("\n\n")
        }
        position = last.number
        return buffer
    }
}
