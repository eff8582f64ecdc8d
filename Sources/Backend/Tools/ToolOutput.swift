import WireProtocol

/// What a tool gave back: bytes that should be text, of which nobody has promised how many or how well formed.
struct ToolOutput: Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    /// How much of an output an agent gets: 64 KiB.
    static let limit = 64 << 10

    /// What the tool wrote.
    let bytes: [UInt8]

    /// Takes whatever a tool wrote.
    init(bytes: [UInt8]) { self.bytes = bytes }
    /// Takes a text.
    init(_ text: String) { bytes = Array(text.utf8) }
    /// Takes a text.
    init(stringLiteral text: String) { self.init(text) }

    /// The text that an agent gets: what is no UTF-8 replaced, what is too much cut off, and either said.
    var text: String {
        guard bytes.count > Self.limit else { return Self.repaired(bytes) }
        var end = Self.limit
        // Not in the middle of a character: continuation bytes are 10xxxxxx (RFC 3629 section 3).
        while end > Self.limit - 4, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return Self.repaired(bytes[..<end]) + "\n[cut: \(end) of \(bytes.count) bytes]"
    }

    private static func repaired(_ bytes: some Collection<UInt8>) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        return String(decoding: bytes, as: UTF8.self) + "\n[not UTF-8: bad bytes replaced]"
    }
}
