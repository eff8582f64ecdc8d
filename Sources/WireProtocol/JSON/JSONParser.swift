/// Reads one JSON text, RFC 8259, strictly: no trailing commas, no comments, UTF-8 only.
public struct JSONParser {
    /// How deep values may be nested: 256, far above what a health or agent document needs.
    public static let maximumDepth = 256

    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0
    private var depth = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Parses a whole text; one leading byte-order mark is ignored, as RFC 8259 section 8.1 allows.
    public static func parse(_ bytes: some Sequence<UInt8>) throws(JSONError) -> JSONValue {
        let array = Array(bytes)
        let result = array.withUnsafeBufferPointer { buffer -> Result<JSONValue, JSONError> in
            var parser = JSONParser(buffer)
            do throws(JSONError) { return .success(try parser.whole()) } catch { return .failure(error) }
        }
        return try result.get()
    }

    private mutating func whole() throws(JSONError) -> JSONValue {
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { index = 3 }
        let value = try value()
        skipSpace()
        if index < bytes.count { throw .trailing(offset: index) }
        return value
    }

    private mutating func skipSpace() {
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }

    private func peek() throws(JSONError) -> UInt8 {
        guard index < bytes.count else { throw .truncated(offset: index) }
        return bytes[index]
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        skipSpace()
        switch try peek() {
        case UInt8(ascii: "{"): return try nested { (parser) throws(JSONError) in try parser.objectBody() }
        case UInt8(ascii: "["): return try nested { (parser) throws(JSONError) in try parser.arrayBody() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func nested(
        _ body: (inout JSONParser) throws(JSONError) -> JSONValue
    ) throws(JSONError) -> JSONValue {
        guard depth < Self.maximumDepth else { throw .tooDeep(offset: index) }
        depth += 1
        index += 1
        let value = try body(&self)
        depth -= 1
        return value
    }

    private mutating func objectBody() throws(JSONError) -> JSONValue {
        var object = JSONObject()
        skipSpace()
        if try peek() == UInt8(ascii: "}") {
            index += 1
            return .object(object)
        }
        while true {
            skipSpace()
            guard try peek() == UInt8(ascii: "\"") else {
                throw .unexpected(byte: bytes[index], offset: index)
            }
            let name = try string()
            skipSpace()
            try expect(UInt8(ascii: ":"))
            object.append(name, try value())
            skipSpace()
            if try peek() == UInt8(ascii: "}") {
                index += 1
                return .object(object)
            }
            try expect(UInt8(ascii: ","))
        }
    }

    private mutating func arrayBody() throws(JSONError) -> JSONValue {
        var array: [JSONValue] = []
        skipSpace()
        if try peek() == UInt8(ascii: "]") {
            index += 1
            return .array(array)
        }
        while true {
            array.append(try value())
            skipSpace()
            if try peek() == UInt8(ascii: "]") {
                index += 1
                return .array(array)
            }
            try expect(UInt8(ascii: ","))
        }
    }

    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard try peek() == byte else { throw .unexpected(byte: bytes[index], offset: index) }
        index += 1
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for offset in 0..<text.utf8CodeUnitCount { try expect(text.utf8Start[offset]) }
        return value
    }

    // MARK: Numbers

    private mutating func digits() throws(JSONError) {
        let start = index
        while index < bytes.count, isDigit(bytes[index]) { index += 1 }
        if index == start {
            throw index < bytes.count
                ? .unexpected(byte: bytes[index], offset: index) : .truncated(offset: index)
        }
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = index
        if try peek() == UInt8(ascii: "-") { index += 1 }
        if try peek() == UInt8(ascii: "0") { index += 1 } else { try digits() }
        var isInteger = true
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            isInteger = false
            index += 1
            try digits()
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                index += 1
            }
            try digits()
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if isInteger, let integer = Int64(text) { return .integer(integer) }
        return .number(Double(text) ?? (text.hasPrefix("-") ? -.infinity : .infinity))
    }

    // MARK: Strings

    private mutating func string() throws(JSONError) -> String {
        index += 1
        let start = index
        var hasEscapes = false
        while true {
            let byte = try peek()
            if byte == UInt8(ascii: "\"") { break }
            if byte < 0x20 { throw .unexpected(byte: byte, offset: index) }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                index += 1
                _ = try peek()
            }
            index += 1
        }
        let raw = UnsafeBufferPointer(rebasing: bytes[start..<index])
        index += 1
        guard let text = String(validating: raw, as: UTF8.self) else { throw .invalidUTF8(offset: start) }
        guard hasEscapes else { return text }
        guard let decoded = JSONEscapes.decode(raw) else {
            throw .unexpected(byte: UInt8(ascii: "\\"), offset: start)
        }
        return decoded
    }
}
