public import WireProtocol

#if canImport(Glibc)
    import Glibc
#endif

/// Reads an NDJSON file of events, a piece at a time.
public struct FileSource: Sendable {
    /// How much is read at once, in bytes: 4 MiB.
    private static let chunk = 4 << 20

    private let path: String

    /// A source that reads when it is asked.
    public init(path: String) { self.path = path }

    /// Reads the whole file as a backend that has ended: its dialect, its events, and the end of its link.
    ///
    /// - Throws: ``FileError`` when it cannot be read.
    public func readMessages(_ take: (Message) -> Void) throws(FileError) {
        take(.dialect(name: "ndjson", coverage: .file))
        var count = LineCount()
        try read { batch in
            count.add(batch)
            take(.events(batch))
        }
        if let failure = count.failure { take(.read(ReadOutcome(.events, path, failure: failure))) }
        take(.link(.ended, reason: "end of file", retryIn: nil))
    }

    /// What the lines of a file turned out to be.
    private struct LineCount {
        private var known = 0
        private var unknown = 0
        private var refused = 0
        private var firstReason: String?
        private var firstType: String?

        /// Counts the lines of a batch.
        mutating func add(_ batch: EventBatch) {
            for event in batch.events {
                if event.type != .unrecognized {
                    known += 1
                } else {
                    unknown += 1
                    firstType = firstType ?? String(batch.string(event.typeName).prefix(64))
                }
            }
            refused += batch.refused.count
            firstReason = firstReason ?? batch.refused.first?.reason
        }

        /// Why the file was not read, by the rule of `not-readable`; nil where most of it was.
        var failure: String? {
            let lines = known + unknown + refused
            if lines == 0 { return "the file holds no event; record it again" }
            if refused * 2 >= lines, let firstReason {
                let whole =
                    lines == 1 ? "the only line is not an event" : "none of \(lines) lines is an event"
                let words = refused == lines ? whole : "\(refused) of \(lines) lines are not events"
                let prefix = "not an event: "
                let reason = firstReason.dropFirst(firstReason.hasPrefix(prefix) ? prefix.count : 0)
                return "\(words): \(reason)"
            }
            guard known == 0, let firstType else { return nil }
            return "no line is an event of a known type; the first is \"\(firstType)\""
        }
    }

    /// Reads the whole file and gives its batches in order.
    ///
    /// - Throws: ``FileError`` when it cannot be read.
    public func read(_ take: (EventBatch) -> Void) throws(FileError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path: path, code: errno) }
        defer { close(descriptor) }
        var rest: [UInt8] = []
        var isStart = true
        func batch(_ lines: [UInt8]) -> EventBatch {
            defer { isStart = false }
            // A byte order mark (RFC 3629 section 6) is not part of the first line.
            return EventBatch(
                lines: isStart && lines.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(lines.dropFirst(3)) : lines)
        }
        while true {
            var piece = [UInt8](repeating: 0, count: Self.chunk)
            let count = piece.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, Self.chunk) }
            guard count >= 0 else { throw FileError(path: path, code: errno) }
            if count == 0 { break }
            piece.removeLast(Self.chunk - count)
            guard let end = piece.lastIndex(of: 0x0A) else {
                // Of a line that is too long, no more is kept than it takes to be refused.
                rest += piece.prefix(max(0, EventBatch.maximumLineBytes + 1 - rest.count))
                continue
            }
            take(batch(rest + piece[...end]))
            rest = Array(piece[(end + 1)...])
        }
        if !rest.isEmpty { take(batch(rest)) }
    }
}

/// Why a file could not be read.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// errno(3).
    public let code: Int32

    /// What happened, to what.
    public var description: String { "cannot read \(path): \(String(cString: strerror(code)))" }
}
