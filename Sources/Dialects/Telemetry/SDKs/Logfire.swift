extension TelemetrySDK {
    /// Attributes of `logfire`: spans are sent when they begin too; what looks like a secret is scrubbed.
    static let logfire = TelemetrySDK(
        name: "logfire", version: "5.4.0",
        source: "PyPI logfire-sdk: logfire/_internal/constants.py, integrations/openai_agents.py",
        prefixes: ["logfire."], scopes: ["logfire"],
        spanNames: [("Handoff: *", .handoff), ("Agent run: *", .agent), ("Function: *", .tool)],
        names: [
            .session: ["gen_ai.conversation.id", "session.id"], .user: ["user.id"],
            .agent: ["gen_ai.agent.name", "to_agent"], .level: ["logfire.level_num"],
            .pending: ["logfire.span_type"], .pendingParent: ["logfire.pending_parent_id"],
            .cost: ["operation.cost"],
        ])
}
