import ContextMonitor
import HTTPTypes
import Hummingbird
import NIOCore
import WireProtocol

/// A session's or run's events as server-sent events, with ids to resume from.
struct EventStreamResponse: Sendable {
    /// How long the stream may be silent before a comment is sent (WIRE.md "SSE": 15 s).
    private static let heartbeat = Duration.seconds(15)

    let reader: SessionEventReader
    /// Only events of this run, and the stream ends with it; all of the session when nil.
    let run: RunID?

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
        var reader = reader
        let log = reader.log
        try await reader.forEach(heartbeat: Self.heartbeat) { piece in
            switch piece {
            case .silence: try await writer.write(ByteBuffer(string: ": alive\n\n"))
            case .gap(let line, let next):
                try await writer.write(Self.frame(line, id: nil))
                // The run's last event may be among those that are gone.
                if let run, log.span(of: run).map({ ($0.end ?? .max) < next }) ?? true { return false }
            case .event(let event):
                guard run == nil || event.run == run else { return true }
                try await writer.write(Self.frame(event.line, id: event.id))
                if run != nil, event.type == .runFinished || event.type == .runError { return false }
            }
            return true
        }
    }

    private static func frame(_ line: [UInt8], id: String?) -> ByteBuffer {
        var buffer = ByteBuffer(string: id.map { "id: \($0)\ndata: " } ?? "data: ")
        buffer.writeBytes(line)
        buffer.writeString("\n\n")
        return buffer
    }
}
