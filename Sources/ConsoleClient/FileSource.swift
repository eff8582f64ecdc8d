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
        var (events, refused) = (0, 0)
        var reason: String?
        try read { batch in
            events += batch.events.count
            refused += batch.refused.count
            reason = reason ?? batch.refused.first?.reason
            take(.events(batch))
        }
        if events == 0 {
            let failure = Self.failure(refused: refused, reason: reason)
            take(.read(ReadOutcome(.events, path, failure: failure)))
        }
        take(.link(.ended, reason: "end of file", retryIn: nil))
    }

    /// Why a file shows nothing although it could be opened; the reason is that of its first line.
    private static func failure(refused: Int, reason: String?) -> String {
        guard refused > 0, let reason else { return "the file holds no event; record it again" }
        let lines = refused == 1 ? "the only line is not an event" : "none of \(refused) lines is an event"
        let prefix = "not an event: "
        return "\(lines): " + (reason.hasPrefix(prefix) ? String(reason.dropFirst(prefix.count)) : reason)
    }

    /// Reads the whole file and gives its batches in order.
    ///
    /// - Throws: ``FileError`` when it cannot be read.
    public func read(_ take: (EventBatch) -> Void) throws(FileError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path: path, code: errno) }
        defer { close(descriptor) }
        var rest: [UInt8] = []
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
            take(EventBatch(lines: rest + piece[...end]))
            rest = Array(piece[(end + 1)...])
        }
        if !rest.isEmpty { take(EventBatch(lines: rest)) }
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
