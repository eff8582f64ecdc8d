/// Writes server-sent events (HTML section 9.2.5); ``SSEParser`` reads them.
public struct SSEWriter: Hashable, Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8] = []

    /// A writer that has written nothing.
    public init() {}

    /// Appends one event.
    ///
    /// - Parameters:
    ///   - line: the event as JSON without a line feed.
    ///   - id: the resume point after it; nil for an event that cannot be resumed from.
    public mutating func event(_ line: [UInt8], id: String? = nil) {
        if let id { bytes += Array("id: \(id)\n".utf8) }
        bytes += Array("data: ".utf8)
        bytes += line
        bytes += [0x0A, 0x0A]
    }

    /// Appends a comment, which readers ignore; it shows that the stream is alive.
    public mutating func comment(_ text: String) { bytes += Array(": \(text)\n\n".utf8) }

    /// Appends how long a reader waits before it connects again.
    public mutating func retry(_ pause: Duration) {
        bytes += Array("retry: \(Int64(pause / .milliseconds(1)))\n\n".utf8)
    }
}
