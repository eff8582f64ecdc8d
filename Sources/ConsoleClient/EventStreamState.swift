import NIOCore
import WireProtocol

/// Where an event stream stands: parser, resume point, and who is at the other end.
struct EventStreamState {
    private(set) var lastID: String?
    private let bootID: String?
    /// Who said at the stream's beginning that it is at the other end; nil before that.
    private(set) var greeter: (boot: String, instance: String?)?
    private var parser = SSEParser()
    private var refusedBefore = 0

    init(after id: String?, bootID: String?) {
        lastID = id
        self.bootID = bootID
    }

    /// Begins a new answer: half an event of the last one must not run into it.
    mutating func reopen() {
        greeter = nil
        parser = SSEParser()
        refusedBefore = 0
    }

    /// The resume point as a header field may carry it: RFC 9110 section 5.5 has no controls in values.
    var resumePoint: String? {
        guard let lastID, !lastID.isEmpty, lastID.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            return nil
        }
        return lastID
    }

    /// Takes bytes and gives the events they complete, as one batch.
    ///
    /// - Throws: ``StreamEnding/anotherBoot`` when the stream's first comment names another start of the backend.
    mutating func take(_ bytes: ByteBufferView) throws(StreamEnding) -> EventBatch? {
        let events = parser.feed(bytes)
        for comment in parser.takeComments() {
            guard let named = Self.word("boot", in: comment) else { continue }
            greeter = (named, Self.word("instance", in: comment))
            if let bootID, named != bootID { throw .anotherBoot }
        }
        if !parser.lastEventID.isEmpty { lastID = parser.lastEventID }
        if events.isEmpty { return nil }
        var lines: [UInt8] = []
        lines.reserveCapacity(events.reduce(0) { $0 + $1.data.count + 1 })
        for event in events {
            let start = lines.count
            lines += event.data
            // A line feed inside an event's data can only stand between JSON tokens.
            for index in start..<lines.count where lines[index] == 0x0A { lines[index] = 0x20 }
            lines.append(0x0A)
        }
        return EventBatch(lines: lines)
    }

    /// How many events were too long since the last question.
    mutating func takeRefused() -> Int {
        defer { refusedBefore = parser.refused }
        return parser.refused - refusedBefore
    }

    /// The value of a name in the greeting, `instance=web-1 boot=b-7`.
    private static func word(_ name: String, in comment: String) -> String? {
        comment.split(separator: " ").first { $0.hasPrefix(name + "=") }.map {
            String($0.dropFirst(name.count + 1).prefix(200))
        }
    }
}
