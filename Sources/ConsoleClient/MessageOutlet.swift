import Synchronization
public import WireProtocol

/// The bounded way out of a link: what finds no room is kept or counted, never lost in silence.
///
/// Events that find no room become one `ctxtop.gap` with their number. Of all
/// else the newest of its kind waits: a console must not go on showing a link
/// or a health that has changed.
public final class MessageOutlet: Sendable {
    /// How many messages may wait for their reader; a batch of events is one message.
    public static let capacity = 4096

    /// What comes out, in order.
    public let messages: AsyncStream<Message>
    private let output: AsyncStream<Message>.Continuation
    private let waiting = Mutex(Waiting())

    /// What found no room.
    private struct Waiting {
        var lostEvents = 0
        var messages: [Message] = []
    }

    /// An outlet with room for `capacity` messages.
    public init(capacity: Int = MessageOutlet.capacity) {
        (messages, output) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(capacity))
    }

    /// Gives a message to the reader, after what waits.
    public func send(_ message: Message) {
        waiting.withLock { waiting in
            release(&waiting)
            if waiting.lostEvents == 0, waiting.messages.isEmpty, isTaken(message) { return }
            if case .events(let batch) = message {
                waiting.lostEvents += batch.events.count
            } else {
                waiting.messages.removeAll { $0.kind == message.kind }
                waiting.messages.append(message)
            }
        }
    }

    /// No more messages come.
    public func finish() { output.finish() }

    private func release(_ waiting: inout Waiting) {
        if waiting.lostEvents > 0 {
            let gap = OutgoingEvent(StreamGap(lost: waiting.lostEvents), at: SystemClock.now())
            guard isTaken(.events(EventBatch(lines: gap.line))) else { return }
            waiting.lostEvents = 0
        }
        while let first = waiting.messages.first, isTaken(first) { waiting.messages.removeFirst() }
    }

    private func isTaken(_ message: Message) -> Bool {
        if case .dropped = output.yield(message) { false } else { true }
    }
}

extension Message {
    /// What a message is about: a newer message about the same thing replaces it.
    fileprivate var kind: String {
        switch self {
        case .health: "health"
        case .snapshot: "snapshot"
        case .events: "events"
        case .link: "link"
        case .dialect: "dialect"
        case .read(let outcome): "read " + outcome.address
        case .boot(let id, _): "boot " + id
        case .refused: "refused"
        }
    }
}
