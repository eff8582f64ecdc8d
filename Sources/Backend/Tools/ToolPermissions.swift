import WireProtocol

/// Which tools which user may use; whoever is not named may use all.
public struct ToolPermissions: Sendable, Equatable {
    private var allowed: [UserID: Set<String>] = [:]

    /// Everybody may use everything.
    public init() {}

    /// Lets a user use these tools and no others.
    public mutating func restrict(_ user: UserID, to tools: Set<String>) { allowed[user] = tools }

    /// Whether the user may use that tool.
    func allows(_ user: UserID?, _ tool: String) -> Bool {
        guard let user, let tools = allowed[user] else { return true }
        return tools.contains(tool)
    }
}
