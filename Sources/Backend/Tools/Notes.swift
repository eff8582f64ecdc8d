import WireProtocol

/// Keeps notes for a conversation, in the context's own workspace.
///
/// With a factory they are the user's; with the singleton everybody reads and writes the same ones.
struct Notes: Tool {
    static let name = "notes"
    static let summary = "Keeps a note, or gives back all notes of this conversation."
    static let schema: JSONValue = [
        "type": "object", "properties": ["note": ["type": "string", "minLength": 1, "maxLength": 2000]],
        "additionalProperties": false,
    ]

    private static let file = "notes.txt"
    private let workspace: Workspace

    init(_ context: ToolContext) { workspace = context.workspace }

    func call(_ arguments: JSONObject) async throws(ToolError) -> ToolOutput {
        let kept = workspace.read(Self.file) ?? []
        guard let note = arguments.string("note") else {
            return kept.isEmpty ? "no notes" : ToolOutput(bytes: kept)
        }
        try workspace.write(Self.file, kept + Array((note + "\n").utf8))
        return "noted"
    }
}
