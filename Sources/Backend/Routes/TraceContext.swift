import WireProtocol

/// A caller's place in a distributed trace: W3C Trace Context, the `traceparent` header.
struct TraceContext: Equatable, Sendable {
    /// The header's name.
    static let headerName = "traceparent"

    /// 32 hexadecimal digits, not all zero.
    let trace: String
    /// The span that what happens here belongs to: 16 hexadecimal digits, not all zero.
    let span: String
    /// The flags; bit 0 says that the caller records the trace.
    let flags: String

    /// A new span of the caller's trace, or the first span of a new trace when the header is absent or wrong.
    ///
    /// A header that breaks the format is ignored as a whole, as section 3.2.2 of
    /// the recommendation wants; of later versions the first four fields count.
    init(continuing header: String?, using random: inout some RandomNumberGenerator) {
        let caller = header.flatMap(Self.init(parsing:))
        trace = caller?.trace ?? Self.digits(using: &random) + Self.digits(using: &random)
        span = Self.digits(using: &random)
        flags = caller?.flags ?? "01"
    }

    private init?(parsing header: String) {
        let parts = header.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].count == 2, parts[0] != "ff", Self.isHex(parts[0]),
            parts[0] != "00" || parts.count == 4, parts[1].count == 32, Self.isHex(parts[1]),
            parts[2].count == 16, Self.isHex(parts[2]), parts[3].count == 2, Self.isHex(parts[3]),
            parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" })
        else { return nil }
        trace = String(parts[1])
        span = String(parts[2])
        flags = String(parts[3])
    }

    /// The header for what this span calls or answers.
    var header: String { "00-\(trace)-\(span)-\(flags)" }

    private static func isHex(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// Eight random bytes, not all zero, as 16 lower-case hexadecimal digits.
    private static func digits(using random: inout some RandomNumberGenerator) -> String {
        let text = String(UInt64.random(in: 1 ... .max, using: &random), radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }
}
