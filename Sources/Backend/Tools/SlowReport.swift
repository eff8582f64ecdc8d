import WireProtocol

/// Takes its time: `milliseconds` of it, at most a minute; ends early when the run is cancelled.
struct SlowReport: Tool {
    static let name = "slow_report"
    static let summary = "Writes a report, which takes as long as is asked for."
    static let schema: JSONValue = [
        "type": "object", "required": ["milliseconds"], "additionalProperties": false,
        "properties": ["milliseconds": ["type": "integer", "minimum": 0, "maximum": 60000]],
    ]
    static let timeout = Duration.seconds(90)

    init(_ context: ToolContext) {}

    func call(_ arguments: JSONObject) async throws(ToolError) -> ToolOutput {
        guard let wanted = arguments.int("milliseconds"), (0...60_000).contains(wanted) else {
            throw .badArguments("milliseconds: 0 to 60,000")
        }
        do { try await Task.sleep(for: .milliseconds(wanted)) } catch { throw .cancelled }
        return "report of \(wanted) ms is done"
    }
}
