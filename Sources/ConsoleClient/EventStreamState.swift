import NIOCore
import WireProtocol

/// Where an event stream stands: parser, resume point, and who is at the other end.
struct EventStreamState {
    private(set) var lastID: String?
    private let bootID: String?
    private var parser = SSEParser()
    private var refusedBefore = 0

    init(after id: String?, bootID: String?) {
        lastID = id
        self.bootID = bootID
    }

    /// Takes bytes and gives the events they complete, as one batch.
    ///
    /// - Throws: ``StreamEnding/anotherBoot`` when the stream's first comment names another start of the backend.
    mutating func take(_ bytes: ByteBufferView) throws(StreamEnding) -> EventBatch? {
        let events = parser.feed(bytes)
        for comment in parser.takeComments() {
            guard let bootID, let named = Self.boot(in: comment), named != bootID else { continue }
            throw .anotherBoot
        }
        guard let last = events.last else { return nil }
        lastID = last.lastEventID.isEmpty ? lastID : last.lastEventID
        var lines: [UInt8] = []
        for event in events {
            // A line feed inside an event's data can only stand between JSON tokens.
            lines += event.data.map { $0 == 0x0A ? 0x20 : $0 }
            lines.append(0x0A)
        }
        return EventBatch(lines: lines)
    }

    /// How many events were too long since the last question.
    mutating func takeRefused() -> Int {
        defer { refusedBefore = parser.refused }
        return parser.refused - refusedBefore
    }

    private static func boot(in comment: String) -> String? {
        comment.split(separator: " ").first { $0.hasPrefix("boot=") }.map { String($0.dropFirst(5)) }
    }
}
