import WireProtocol

extension Fault {
    /// Each creation fails at its last tool, and what was built before stays registered.
    static let halfBuilt = Fault(
        "half-built", "the last tool of each dispatcher cannot be made, and the rest stays registered"
    ).with { $0.dispatchers = .staysHalfBuilt }
}

/// The tool that cannot be made while ``Fault/halfBuilt`` is on.
struct UnlicensedTool: Tool {
    static let name = "licensed_search"
    static let summary = "Searches a database that needs a licence."
    static let schema: JSONValue = ["type": "object"]

    init(_ context: ToolContext) throws(ToolError) { throw .unavailable("the licence server gave no seat") }
    func call(_ arguments: JSONObject) async throws(ToolError) -> ToolOutput { "" }
}
