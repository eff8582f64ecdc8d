import WireProtocol

/// Fails for every key whose bytes add up to a multiple of three: the same keys each time.
struct FlakyLookup: Tool {
    static let name = "flaky_lookup"
    static let summary = "Looks a key up in a place that fails for every third key."
    static let schema: JSONValue = [
        "type": "object", "required": ["key"], "additionalProperties": false,
        "properties": ["key": ["type": "string", "minLength": 1, "maxLength": 1000]],
    ]

    init(_ context: ToolContext) {}

    func call(_ arguments: JSONObject) async throws(ToolError) -> ToolOutput {
        guard let key = arguments.string("key"), !key.isEmpty else { throw .badArguments("key: a text") }
        let sum = key.utf8.reduce(0) { $0 + Int($1) }
        guard sum % 3 != 0 else { throw .failed("lookup of \(key) timed out upstream") }
        return "\(key) is \(sum)"
    }
}
