/// A moment, as whole milliseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// The moments that there are: the years 0 to 9999, which RFC 3339 can spell.
    ///
    /// The difference of any two, and a moment and any difference, fit 64 bits with room for sums.
    static let range: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

    /// Milliseconds since the Unix epoch; negative before it, and never outside ``range``.
    public let milliseconds: Int64

    /// Takes milliseconds since the Unix epoch; a moment outside the years 0 to 9999 becomes the nearest inside.
    public init(milliseconds: Int64) {
        self.milliseconds = min(max(milliseconds, Self.range.lowerBound), Self.range.upperBound)
    }

    /// By time, earlier first.
    public static func < (first: Self, second: Self) -> Bool { first.milliseconds < second.milliseconds }

    /// The time since `earlier`; negative when the clocks went backwards.
    public func since(_ earlier: Timestamp) -> Duration {
        .milliseconds(milliseconds - earlier.milliseconds)
    }

    /// This moment and `duration` later.
    public static func + (moment: Self, duration: Duration) -> Self {
        let (sum, isOver) = moment.milliseconds.addingReportingOverflow(duration.wholeMilliseconds)
        return Timestamp(milliseconds: isOver ? (duration < .zero ? .min : .max) : sum)
    }
}

extension Duration {
    /// The duration in whole milliseconds, rounded towards zero.
    public var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, isOver) = seconds.multipliedReportingOverflow(by: 1000)
        // Near the ends of what fits, the parts of a second are not of any use.
        guard !isOver, whole.magnitude < Int64.max.magnitude - 1000 else { return seconds < 0 ? .min : .max }
        return whole + attoseconds / 1_000_000_000_000_000
    }
}

extension Timestamp {
    /// RFC 3339 in UTC with milliseconds: `2026-11-23T13:40:03.123Z`.
    public var rfc3339: String {
        let fields = CivilTime(self)
        var text = Self.padded(fields.year, 4) + "-" + Self.padded(fields.month, 2)
        text += "-" + Self.padded(fields.day, 2) + "T" + clock
        return text + "." + Self.padded(fields.millisecond, 3) + "Z"
    }

    /// The time of day in UTC: `13:40:03`.
    public var clock: String {
        let fields = CivilTime(self)
        return [fields.hour, fields.minute, fields.second].map { Self.padded($0, 2) }.joined(separator: ":")
    }

    /// The time of day in UTC with milliseconds: `13:40:03.123`.
    public var clockWithMilliseconds: String { clock + "." + Self.padded(CivilTime(self).millisecond, 3) }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// Reads RFC 3339 section 5.6 with any offset and any number of second fractions; else nil.
    public init?(rfc3339 text: String) {
        guard let moment = CivilTime.milliseconds(rfc3339: Array(text.utf8)) else { return nil }
        self.init(milliseconds: moment)
    }
}
