/// Why bytes are not the JSON that was wanted.
public enum JSONError: Error, Hashable, Sendable {
    /// The text ended inside a value.
    case truncated(offset: Int)
    /// This byte cannot stand here.
    case unexpected(byte: UInt8, offset: Int)
    /// Values are nested deeper than ``JSONParser/maximumDepth``.
    case tooDeep(offset: Int)
    /// The bytes are not UTF-8.
    case invalidUTF8(offset: Int)
    /// More text follows the value.
    case trailing(offset: Int)
}

extension JSONError: CustomStringConvertible {
    /// What is wrong and where: `unexpected "}" at byte 17`.
    public var description: String {
        switch self {
        case .truncated(let offset): "truncated at byte \(offset)"
        case .unexpected(let byte, let offset):
            (0x20..<0x7F).contains(byte)
                ? "unexpected \"\(Character(UnicodeScalar(byte)))\" at byte \(offset)"
                : "unexpected byte \(byte) at byte \(offset)"
        case .tooDeep(let offset): "nested deeper than \(JSONParser.maximumDepth) at byte \(offset)"
        case .invalidUTF8(let offset): "not UTF-8 at byte \(offset)"
        case .trailing(let offset): "more text after the value at byte \(offset)"
        }
    }
}
