import HTTPTypes
import Hummingbird
import Synchronization
import WireProtocol

extension ContextMonitor {
    /// Server-sent events (HTML 9.2) from a resume point, or from now.
    ///
    /// - Throws: 410 when the resume point is gone or of another boot.
    package func eventStream(_ request: Request) throws(Problem) -> Response {
        EventStreamResponse(OperatorStream(monitor: self, position: try resumePoint(request))).response
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
}

/// The merged stream of all sessions from a position on.
struct OperatorStream: EventStreamSource {
    /// How much is written at once, in bytes.
    private static let chunk = 64 << 10

    let monitor: ContextMonitor
    /// The number of the last event that was written.
    var position: Int

    var greeting: String? {
        "instance=\(monitor.configuration.instance) boot=\(monitor.configuration.bootID)"
    }
    var endsAtShutdown: Bool { true }

    func listen(_ wake: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        let events = monitor.newEvents()
        let forward = Task { for await _ in events { wake() } }
        return { forward.cancel() }
    }

    /// The next events, with a gap before each one after lost ones.
    mutating func next() -> EventStreamPiece? {
        let lines = monitor.state.withLock { $0.ring.lines(after: position, limit: Self.chunk) }
        if lines.isEmpty { return nil }
        let boot = monitor.configuration.bootID
        var frames = SSEWriter()
        for (number, line) in lines {
            if number > position + 1 {
                let gap = StreamGap(
                    lost: number - position - 1, after: "\(boot)-\(position)", next: "\(boot)-\(number)",
                    instance: monitor.configuration.instance, bootID: boot)
                frames.event(OutgoingEvent(gap, at: monitor.now()).line)
            }
            frames.event(line, id: "\(boot)-\(number)")
            position = number
        }
        return EventStreamPiece(frames, isFull: frames.bytes.count >= Self.chunk)
    }
}
