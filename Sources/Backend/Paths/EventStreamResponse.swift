import ContextMonitor
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import WireProtocol

/// A session's or run's events as server-sent events, with ids to resume from.
struct EventStreamResponse: Sendable {
    let tail: [PublishedEvent]
    let live: AsyncStream<PublishedEvent>
    /// Only events of this run; all of the session when nil.
    let run: RunID?
    /// Whether the stream ends with the run's last event.
    let endsWithRun: Bool

    /// The response; `location` is where the run can be observed again.
    func response(location: String? = nil) -> Response {
        var headers: HTTPFields = [.contentType: "text/event-stream", .cacheControl: "no-store"]
        if let name = HTTPField.Name("X-Accel-Buffering") { headers[name] = "no" }
        headers[.contentLocation] = location
        return Response(
            status: .ok, headers: headers,
            body: .init { writer in
                try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
                try await write(to: &writer)
                try await writer.finish(nil)
            })
    }

    private func write(to writer: inout any ResponseBodyWriter) async throws {
        for event in tail where concerns(event) {
            try await writer.write(Self.frame(event))
            if endsWithRun, Self.endsRun(event) { return }
        }
        let (merged, more) = AsyncStream<PublishedEvent?>.makeStream(
            bufferingPolicy: .bufferingOldest(SessionEventLog.limit))
        let forward = Task {
            for await event in live { more.yield(event) }
            more.finish()
        }
        let beat = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: .seconds(15))
                more.yield(nil)
            }
        }
        defer {
            forward.cancel()
            beat.cancel()
        }
        for await event in merged {
            guard let event else {
                try await writer.write(ByteBuffer(string: ": alive\n\n"))
                continue
            }
            guard concerns(event) else { continue }
            try await writer.write(Self.frame(event))
            if endsWithRun, Self.endsRun(event) { return }
        }
    }

    private func concerns(_ event: PublishedEvent) -> Bool { run == nil || event.run == run }

    private static func endsRun(_ event: PublishedEvent) -> Bool {
        event.type == .runFinished || event.type == .runError
    }

    private static func frame(_ event: PublishedEvent) -> ByteBuffer {
        var buffer = ByteBuffer(string: "id: \(event.id)\ndata: ")
        buffer.writeBytes(event.line)
        buffer.writeString("\n\n")
        return buffer
    }
}
