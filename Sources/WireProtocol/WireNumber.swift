/// The bounds of numbers that other programs send, so that sums and products of them cannot overflow.
public enum WireNumber {
    /// The largest count, in either direction: 2^53, up to which JSON carries whole numbers exactly.
    ///
    /// RFC 8259 section 6. A thousand such counts can be added in 64 bits, and one be multiplied by 100.
    public static let largest = 1 << 53

    /// A count as it is kept: the nearest number within the bounds.
    public static func count(_ number: Int64) -> Int {
        Int(clamping: min(max(number, Int64(-largest)), Int64(largest)))
    }

    /// A measured value as it is kept: the nearest within the bounds, which infinity is brought into as well.
    public static func measure(_ number: Double) -> Double {
        number.isNaN ? 0 : min(max(number, Double(-largest)), Double(largest))
    }
}

extension JSONValue {
    /// The whole number as a count within ``WireNumber/largest``, if it is one.
    public var count: Int? { integer.map(WireNumber.count) }
}
