extension TelemetrySDK {
    /// Attributes of `strands-agents`: the GenAI conventions with operations of its own; session and user are what
    /// the program puts into `trace_attributes`. A cancelled span keeps its status unset.
    static let strands = TelemetrySDK(
        name: "strands", version: "1.62.0",
        source: "PyPI strands-agents: strands/telemetry/tracer.py, strands/bidi/_telemetry.py",
        prefixes: ["strands."], scopes: ["strands."],
        kinds: [
            "invoke_graph": .workflow, "invoke_swarm": .workflow, "execute_event_loop_cycle": .other,
            "execute_structured_output": .agent, "bidi_session": .agent, "bidi_response": .other,
        ],
        names: [
            .kind: ["gen_ai.operation.name"], .session: ["session.id"], .user: ["user.id"],
            .cancellation: ["strands.cancellation.type"],
        ])
}
