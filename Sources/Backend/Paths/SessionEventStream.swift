import ContextMonitor
import WireProtocol

/// A session's or run's events as a stream with ids to resume from.
struct SessionEventStream: EventStreamSource {
    var reader: SessionEventReader
    /// Only events of this run, and the stream ends with it; all of the session when nil.
    let run: RunID?

    var greeting: String? { nil }
    /// The session's own end, which a shutdown brings about, is part of its stream.
    var endsAtShutdown: Bool { false }

    func listen(_ wake: @escaping @Sendable () -> Void) -> @Sendable () -> Void { reader.log.listen(wake) }

    mutating func next() -> EventStreamPiece? {
        let (pieces, isAtEnd) = reader.next()
        if pieces.isEmpty, !isAtEnd { return nil }
        var frames = SSEWriter()
        for piece in pieces {
            switch piece {
            case .gap(let line, let next):
                frames.event(line)
                // The run's last event may be among those that are gone.
                if let run, reader.log.span(of: run).map({ ($0.end ?? .max) < next }) ?? true {
                    return EventStreamPiece(frames, isLast: true)
                }
            case .event(let event):
                guard run == nil || event.run == run else { continue }
                frames.event(event.line, id: event.id)
                if run != nil, event.type == .runFinished || event.type == .runError {
                    return EventStreamPiece(frames, isLast: true)
                }
            }
        }
        return EventStreamPiece(frames, isFull: true, isLast: isAtEnd)
    }
}
