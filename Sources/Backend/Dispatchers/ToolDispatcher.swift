import WireProtocol

/// The object that executes tools: for exactly one user context, or for everybody.
///
/// Only ``DispatcherFactory`` makes one; a test holds the sources to that.
final class ToolDispatcher: Sendable {
    let id: DispatcherID
    private let tools: [String: any Tool]
    private let registry: DispatcherRegistry

    init(id: DispatcherID, tools: [any Tool], registry: DispatcherRegistry) {
        self.id = id
        self.tools = Dictionary(
            tools.map { (type(of: $0).name, $0) }, uniquingKeysWith: { first, _ in first })
        self.registry = registry
    }

    /// Whether it has nothing to dispatch with: every call fails.
    var isHollow: Bool { tools.isEmpty }

    /// Calls a tool and counts how that went; a tool that is not there counts as a failed call.
    func execute(_ name: String, _ arguments: JSONObject) async throws(ToolError) -> String {
        guard await registry.begin(id, tool: name) else { throw .dispatcherEnded }
        do throws(ToolError) {
            guard let tool = tools[name] else {
                throw isHollow ? ToolError.nothingToDispatchWith : .unknownTool(name)
            }
            let result = try await tool.call(arguments)
            await registry.end(id, tool: name, succeeded: true)
            return result
        } catch {
            await registry.end(id, tool: name, succeeded: false)
            throw error
        }
    }
}
