import WireProtocol

/// The time of day in UTC.
struct CurrentTime: Tool {
    static let name = "current_time"

    func call(_ arguments: JSONObject) async throws(ToolError) -> String { SystemClock.now().rfc3339 }
}
