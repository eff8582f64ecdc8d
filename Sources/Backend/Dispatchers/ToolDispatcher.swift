import WireProtocol

/// The object that executes tools: for exactly one user context, or for everybody.
///
/// Only ``DispatcherFactory`` makes one; a test holds the sources to that.
final class ToolDispatcher: Sendable {
    let id: DispatcherID
    /// The names of the tools it can call, sorted.
    let toolNames: [String]
    private let tools: [String: any Tool]
    private let registry: DispatcherRegistry

    init(id: DispatcherID, tools: [any Tool], registry: DispatcherRegistry) {
        self.id = id
        self.tools = Dictionary(
            tools.map { (type(of: $0).name, $0) }, uniquingKeysWith: { first, _ in first })
        toolNames = self.tools.keys.sorted()
        self.registry = registry
    }

    /// Calls a tool and counts how that went.
    func execute(_ name: String, _ arguments: JSONObject) async throws(ToolError) -> String {
        guard let tool = tools[name] else { throw .unknownTool(name) }
        await registry.begin(id, tool: name)
        do throws(ToolError) {
            let result = try await tool.call(arguments)
            await registry.end(id, tool: name, succeeded: true)
            return result
        } catch {
            await registry.end(id, tool: name, succeeded: false)
            throw error
        }
    }
}
