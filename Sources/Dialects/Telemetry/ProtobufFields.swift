/// Walks the fields of one protobuf message (the wire format of protobuf.dev/programming-guides/encoding).
///
/// Unknown fields are skipped by their wire type; nothing is copied but what is asked for.
struct ProtobufFields {
    /// The value of a field, by wire type.
    enum Value {
        /// Wire type 0.
        case varint(UInt64)
        /// Wire types 1 and 5, little endian; the latter widened.
        case fixed(UInt64)
        /// Wire type 2: text, bytes or a message.
        case bytes(ArraySlice<UInt8>)
    }

    /// One field.
    struct Field {
        let number: Int
        let value: Value

        /// The bytes of a length-delimited field; empty for others.
        var bytes: ArraySlice<UInt8> { if case .bytes(let bytes) = value { bytes } else { [] } }
        /// The text of a length-delimited field; what is not UTF-8 becomes U+FFFD.
        var text: String { String(decoding: bytes, as: UTF8.self) }
        /// The number of a varint or fixed field; 0 for others.
        var unsigned: UInt64 {
            switch value {
            case .varint(let number), .fixed(let number): number
            case .bytes: 0
            }
        }
        /// The same as a signed number.
        var signed: Int64 { Int64(bitPattern: unsigned) }
        /// The same as a double.
        var double: Double { Double(bitPattern: unsigned) }
        /// Nanoseconds as a moment.
        var milliseconds: Int64 { Int64(unsigned / 1_000_000) }
    }

    private let bytes: ArraySlice<UInt8>
    private var index: Int

    /// Walks a whole message.
    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        index = bytes.startIndex
    }

    /// Gives every field of a message to `body`.
    static func each(
        _ bytes: ArraySlice<UInt8>, _ body: (Field) throws(TelemetryError) -> Void
    ) throws(TelemetryError) {
        var fields = ProtobufFields(bytes)
        while let field = try fields.next() { try body(field) }
    }

    /// The next field; nil at the end.
    mutating func next() throws(TelemetryError) -> Field? {
        guard index < bytes.endIndex else { return nil }
        let tag = try varint()
        guard tag >> 3 > 0, let number = Int(exactly: tag >> 3), number < 1 << 29 else { throw broken }
        switch tag & 7 {
        case 0: return Field(number: number, value: .varint(try varint()))
        case 1: return Field(number: number, value: .fixed(try fixed(8)))
        case 2:
            guard let count = Int(exactly: try varint()), count <= bytes.endIndex - index else {
                throw broken
            }
            defer { index += count }
            return Field(number: number, value: .bytes(bytes[index..<index + count]))
        case 5: return Field(number: number, value: .fixed(try fixed(4)))
        // Groups (3 and 4) left the language before OTLP existed.
        default: throw broken
        }
    }

    private var broken: TelemetryError { .protobuf(offset: index) }

    private mutating func varint() throws(TelemetryError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard index < bytes.endIndex else { throw broken }
            let byte = bytes[index]
            index += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw broken
    }

    private mutating func fixed(_ count: Int) throws(TelemetryError) -> UInt64 {
        guard bytes.endIndex - index >= count else { throw broken }
        var value: UInt64 = 0
        for offset in 0..<count { value |= UInt64(bytes[index + offset]) << UInt64(8 * offset) }
        index += count
        return value
    }
}
