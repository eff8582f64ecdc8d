extension TelemetrySDK {
    /// The Model Context Protocol's attributes, on both sides of a call; only `tools/call` is a tool's work.
    static let mcp = TelemetrySDK(
        name: "mcp", version: "2.3.0",
        source: "PyPI mcp: mcp/server/_otel.py; opentelemetry.io/docs/specs/semconv/gen-ai/mcp/",
        prefixes: ["mcp."], scopes: ["mcp-python-sdk"],
        kinds: ["tools/call": .tool],
        spanNames: [("MCP send tools/call *", .tool), ("tools/call *", .tool)],
        names: [.kind: ["mcp.method.name"], .tool: ["gen_ai.tool.name"], .errorType: ["error.type"]])
}
