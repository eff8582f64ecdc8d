/// An identifier from the wire: opaque text that is only compared and shown.
public protocol WireIdentifier: RawRepresentable<String>, Hashable, Sendable, Comparable,
    ExpressibleByStringLiteral, CustomStringConvertible
{
    /// Takes any text.
    init(rawValue: String)
}

extension WireIdentifier {
    /// Takes any text.
    public init(stringLiteral text: String) { self.init(rawValue: text) }
    /// The text itself.
    public var description: String { rawValue }
    /// By text, so that lists have one order.
    public static func < (first: Self, second: Self) -> Bool { first.rawValue < second.rawValue }
}

/// Whose session it is.
public struct UserID: WireIdentifier {
    /// The spelling on the wire.
    public let rawValue: String
    /// Takes any text.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// One conversation of one user.
public struct SessionID: WireIdentifier {
    /// The spelling on the wire.
    public let rawValue: String
    /// Takes any text.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// One execution of an agent.
public struct RunID: WireIdentifier {
    /// The spelling on the wire.
    public let rawValue: String
    /// Takes any text.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// One tool dispatcher.
public struct DispatcherID: WireIdentifier {
    /// The spelling on the wire.
    public let rawValue: String
    /// Takes any text.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// One user context.
public struct ContextID: WireIdentifier {
    /// The spelling on the wire.
    public let rawValue: String
    /// Takes any text.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// UUID version 7, RFC 9562 section 5.7: 48 bits of milliseconds, then random bits.
public enum UUIDv7 {
    /// The text form, for a moment and 128 random bits of which 74 are used.
    public static func text(at moment: Timestamp, random: (UInt64, UInt64)) -> String {
        let high =
            UInt64(truncatingIfNeeded: moment.milliseconds) << 16 | 0x7000 | (random.0 & 0x0FFF)
        let low = 0x8000_0000_0000_0000 | (random.1 & 0x3FFF_FFFF_FFFF_FFFF)
        let digits = hexadecimal(high) + hexadecimal(low)
        var text: [UInt8] = []
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append(UInt8(ascii: "-")) }
            text.append(digit)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The text form for a moment, with random bits from the system.
    public static func text(at moment: Timestamp) -> String {
        var system = SystemRandomNumberGenerator()
        return text(at: moment, random: (system.next(), system.next()))
    }

    private static func hexadecimal(_ word: UInt64) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return (0..<16).map { digits[Int(word >> UInt64(60 - 4 * $0) & 0xF)] }
    }
}
