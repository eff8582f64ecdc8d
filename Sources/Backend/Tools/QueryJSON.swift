import WireProtocol

/// Follows a JSON pointer (RFC 6901) into a document that comes with the call.
struct QueryJSON: Tool {
    static let name = "query_json"
    static let summary = "Follows a JSON pointer into a document."
    static let schema: JSONValue = [
        "type": "object", "required": ["document", "pointer"], "additionalProperties": false,
        "properties": ["document": [:], "pointer": ["type": "string", "maxLength": 1000]],
    ]

    init(_ context: ToolContext) {}

    func call(_ arguments: JSONObject) async throws(ToolError) -> ToolOutput {
        guard let document = arguments["document"], let pointer = arguments.string("pointer"),
            pointer.isEmpty || pointer.hasPrefix("/")
        else { throw .badArguments("document: any JSON; pointer: a JSON pointer") }
        var value = document
        for token in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            let name = Self.unescaped(token)
            switch value {
            case .object(let object):
                guard let member = object[name] else { throw .failed("no member \(name)") }
                value = member
            case .array(let elements):
                guard let index = Int(name), elements.indices.contains(index) else {
                    throw .failed("no element \(name)")
                }
                value = elements[index]
            default: throw .failed("nothing below \(name)")
            }
        }
        return ToolOutput(value.text)
    }

    /// `~1` is `/` and `~0` is `~`, in that order (RFC 6901 section 4).
    private static func unescaped(_ token: Substring) -> String {
        var result = ""
        var rest = token
        while let character = rest.popFirst() {
            if character == "~", let next = rest.first, next == "0" || next == "1" {
                rest.removeFirst()
                result.append(next == "1" ? "/" : "~")
            } else {
                result.append(character)
            }
        }
        return result
    }
}
