extension TelemetrySDK {
    /// Spans of Microsoft's `agent-framework`: agents and tools by the GenAI conventions, workflows by their names.
    static let agentFramework = TelemetrySDK(
        name: "agent-framework", version: "1.23.0",
        source: "PyPI agent-framework-core: agent_framework/observability.py",
        prefixes: ["workflow.", "executor.", "edge_group."], scopes: ["agent_framework"],
        spanNames: [("workflow.run", .workflow), ("executor.process *", .chain)],
        names: [.name: ["workflow.name", "executor.id"], .errorType: ["error.type"]])
}
