/// Writes the protobuf wire format, for requests made by hand in tests.
enum ProtobufBytes {
    static func varint(_ number: Int, _ value: UInt64) -> [UInt8] { tag(number, 0) + raw(value) }

    static func bytes(_ number: Int, _ value: [UInt8]) -> [UInt8] {
        tag(number, 2) + raw(UInt64(value.count)) + value
    }

    static func text(_ number: Int, _ value: String) -> [UInt8] { bytes(number, Array(value.utf8)) }

    static func fixed64(_ number: Int, _ value: UInt64) -> [UInt8] {
        tag(number, 1) + (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }

    static func fixed32(_ number: Int, _ value: UInt32) -> [UInt8] {
        tag(number, 5) + (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// A KeyValue with a string.
    static func attribute(_ number: Int, _ key: String, _ value: String) -> [UInt8] {
        bytes(number, text(1, key) + bytes(2, text(1, value)))
    }

    /// The ids that every span has.
    static let ids =
        bytes(1, [UInt8](repeating: 0xAB, count: 16)) + bytes(2, [UInt8](repeating: 0xCD, count: 8))

    private static func tag(_ number: Int, _ type: Int) -> [UInt8] { raw(UInt64(number << 3 | type)) }

    private static func raw(_ value: UInt64) -> [UInt8] {
        var (bytes, value): ([UInt8], UInt64) = ([], value)
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        return bytes + [UInt8(value)]
    }

    /// A request with one span of everything that is read.
    static var traceRequest: [UInt8] {
        let resource = bytes(1, attribute(1, "service.name", "shop") + attribute(1, "service.version", "2"))
        let span =
            ids + text(5, "execute_tool disk") + varint(6, 1) + fixed64(7, 1_795_441_770_286_000_000)
            + fixed64(8, 1_795_441_770_292_000_000) + attribute(9, "gen_ai.operation.name", "execute_tool")
            + attribute(9, "gen_ai.tool.name", "disk") + attribute(9, "gen_ai.conversation.id", "thread-1")
            + attribute(9, "user.id", "ada") + bytes(9, text(1, "n") + bytes(2, varint(3, 7)))
            + bytes(15, text(2, "boom") + varint(3, 2)) + fixed32(16, 0x300)
        return bytes(1, resource + bytes(2, bytes(1, text(1, "scope")) + bytes(2, span)))
    }
}
