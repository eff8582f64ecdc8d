import WireProtocol

/// One user context's way to a dispatcher: its own with a factory, the one that all share with the singleton.
struct ToolDispatcher: Sendable {
    /// The tools behind it.
    let bench: ToolBench
    /// Who calls through it, for permissions; the bench of a singleton does not know.
    let user: UserID?
    let registry: DispatcherRegistry
    let permissions: ToolPermissions

    var id: DispatcherID { bench.id }

    /// Whether it has nothing to dispatch with: every call fails.
    var isHollow: Bool { bench.isHollow }

    /// Calls a tool and counts what came of it.
    ///
    /// Executed is what was delivered to the run: a call that was refused, failed, ran
    /// out of time or was cancelled counts as failed, whatever it does afterwards.
    func execute(_ name: String, _ arguments: JSONObject) async throws(ToolError) -> String {
        guard await registry.begin(id, tool: name) else { throw .dispatcherEnded }
        do throws(ToolError) {
            guard permissions.allows(user, name) else {
                throw .notPermitted(user: user?.rawValue ?? "nobody", tool: name)
            }
            let result = try await bench.call(name, arguments)
            await registry.end(id, tool: name, succeeded: true)
            return result
        } catch {
            await registry.end(id, tool: name, succeeded: false)
            throw error
        }
    }
}
