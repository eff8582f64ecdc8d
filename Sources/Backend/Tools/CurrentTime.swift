import WireProtocol

/// The time of day in UTC.
struct CurrentTime: Tool {
    static let name = "current_time"
    static let summary = "The time of day in UTC."
    static let schema: JSONValue = ["type": "object", "additionalProperties": false]

    init(_ context: ToolContext) {}

    func call(_ arguments: JSONObject) async throws(ToolError) -> ToolOutput {
        ToolOutput(SystemClock.now().rfc3339)
    }
}
