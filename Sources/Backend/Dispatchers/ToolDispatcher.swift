import ContextMonitor
import WireProtocol

/// One user context's way to a dispatcher: its own with a factory, the one that all share with the singleton.
struct ToolDispatcher: Sendable {
    /// The tools behind it.
    let bench: ToolBench
    /// Who calls through it, for permissions; the bench of a singleton does not know.
    let user: UserID?
    /// The context it belongs to, whose trail says what was refused.
    let context: Owned<ContextID>
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
        guard await registry.begin(id, tool: name) else {
            noteRefusal(of: name, .dispatcherEnded)
            throw .dispatcherEnded
        }
        do throws(ToolError) {
            guard permissions.allows(user, name) else {
                throw .notPermitted(user: user?.rawValue ?? "nobody", tool: name)
            }
            let result = try await bench.call(name, arguments)
            await registry.end(id, tool: name, succeeded: true)
            return result
        } catch {
            await registry.end(id, tool: name, succeeded: false)
            noteRefusal(of: name, error)
            throw error
        }
    }

    /// Leaves a row in the context's trail when a call was refused, without the arguments.
    private func noteRefusal(of tool: String, _ error: ToolError) {
        let reason: String
        switch error {
        case .badArguments: reason = "bad arguments"
        case .unknownTool, .notPermitted, .stillHanging, .nothingToDispatchWith, .dispatcherEnded:
            reason = "\(error)"
        case .unavailable, .failed, .timedOut, .cancelled: return
        }
        registry.monitor.audit(
            "call refused", by: user?.rawValue ?? "server", in: context, reason: "\(tool): \(reason)")
    }
}
