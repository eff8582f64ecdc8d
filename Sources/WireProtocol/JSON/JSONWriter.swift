extension JSONValue {
    /// The value as UTF-8 JSON without spaces, members in their order.
    ///
    /// Controls, DEL and C1 are always escaped, so printing a document to a
    /// terminal cannot move its cursor.
    public var serialized: [UInt8] {
        var output: [UInt8] = []
        // Nearly every event line fits; growing from nothing would copy it six times.
        output.reserveCapacity(512)
        write(to: &output)
        // Lines are kept by the ten thousand: without the room that was not needed.
        return output.withUnsafeBufferPointer { Array($0) }
    }

    /// The same as text.
    public var text: String { String(decoding: serialized, as: UTF8.self) }

    /// The value with two-space indentation, one member a line, for people.
    public var prettyText: String {
        var output: [UInt8] = []
        write(to: &output, indentation: 0)
        return String(decoding: output, as: UTF8.self)
    }

    fileprivate func write(to output: inout [UInt8], indentation: Int? = nil) {
        switch self {
        case .null: output += "null".utf8
        case .bool(let bool): output += (bool ? "true" : "false").utf8
        case .integer(let integer): output += String(integer).utf8
        case .number(let number): output += (number.isFinite ? "\(number)" : "null").utf8
        case .string(let text): JSONEscapes.append(text, to: &output)
        case .array(let elements):
            Self.list("[", "]", elements, &output, indentation) { element, output, inner in
                element.write(to: &output, indentation: inner)
            }
        case .object(let object):
            Self.list("{", "}", object.members, &output, indentation) { member, output, inner in
                JSONEscapes.append(member.name, to: &output)
                output.append(UInt8(ascii: ":"))
                if inner != nil { output.append(0x20) }
                member.value.write(to: &output, indentation: inner)
            }
        }
    }

    private static func list<Element>(
        _ open: String, _ close: String, _ elements: [Element], _ output: inout [UInt8], _ indentation: Int?,
        _ write: (Element, inout [UInt8], Int?) -> Void
    ) {
        func newLine(_ depth: Int) {
            output.append(0x0A)
            output += Array(repeating: 0x20, count: depth * 2)
        }
        output += open.utf8
        let inner = indentation.map { $0 + 1 }
        for (index, element) in elements.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            if let inner { newLine(inner) }
            write(element, &output, inner)
        }
        if let indentation, !elements.isEmpty { newLine(indentation) }
        output += close.utf8
    }
}

extension JSONObject.Member {
    /// Appends the member as one that follows another: a comma, the name and the value.
    func append(to output: inout [UInt8]) {
        output.append(UInt8(ascii: ","))
        JSONEscapes.append(name, to: &output)
        output.append(UInt8(ascii: ":"))
        value.write(to: &output)
    }
}
