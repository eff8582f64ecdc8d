/// A piece of a batch's bytes: the inside of a JSON string, or a raw JSON value.
///
/// Eight bytes, no reference: a scanned event holds a dozen of them and no String.
public struct TextSlice: Hashable, Sendable {
    /// Where it starts in the batch's bytes.
    public let offset: UInt32
    private let countAndFlag: UInt32

    /// A slice of `count` bytes; `hasEscapes` says that it must be decoded before use.
    public init(offset: Int, count: Int, hasEscapes: Bool = false) {
        self.offset = UInt32(truncatingIfNeeded: offset)
        countAndFlag = UInt32(truncatingIfNeeded: count) | (hasEscapes ? 0x8000_0000 : 0)
    }

    /// Nothing there.
    public static let none = TextSlice(offset: 0, count: 0)

    /// How many bytes.
    public var count: Int { Int(countAndFlag & 0x7FFF_FFFF) }
    /// Whether the bytes hold JSON escapes.
    public var hasEscapes: Bool { countAndFlag & 0x8000_0000 != 0 }
    /// Whether nothing is there.
    public var isEmpty: Bool { count == 0 }
    /// The bytes' positions.
    public var range: Range<Int> { Int(offset)..<Int(offset) + count }
}
