import WireProtocol

/// Finds the passages of a bundled text that hold most of the words asked for.
struct SearchCorpus: Tool {
    static let name = "search_corpus"
    static let summary = "Finds passages in the operators' handbook."
    static let schema: JSONValue = [
        "type": "object", "required": ["query"], "additionalProperties": false,
        "properties": ["query": ["type": "string", "minLength": 1, "maxLength": 1000]],
    ]

    init(_ context: ToolContext) {}

    func call(_ arguments: JSONObject) async throws(ToolError) -> ToolOutput {
        guard let query = arguments.string("query"), !query.isEmpty else {
            throw .badArguments("query: one or more words")
        }
        let wanted = Set(Self.words(query))
        let ranked = Self.passages.enumerated()
            .map { (hits: wanted.intersection(Self.words($0.element)).count, position: $0.offset) }
            .filter { $0.hits > 0 }
            .sorted { ($1.hits, $0.position) < ($0.hits, $1.position) }
        guard let best = ranked.first else { return "nothing found" }
        return "\(ranked.count) passages; best: \(Self.passages[best.position])"
    }

    private static func words(_ text: String) -> [String] {
        text.lowercased().split { !$0.isLetter }.map(String.init)
    }

    /// A handbook for operators of agent backends, written for this tool.
    private static let passages = [
        "A user context holds the identity, the limits and the deadline of one user's unit of work.",
        "The factory pattern makes a tool dispatcher for each user context and disposes it with the context.",
        "The singleton pattern shares one global dispatcher among all users; state can leak from one to another.",
        "A migration that changes some paths and not others leaves a backend that is healthy and broken at once.",
        "A hollow dispatcher was created without tools: every creation succeeds and every call fails.",
        "Agent events tell the story of a run: started, thinking, tool executing, tool completed, completed.",
        "A run without a final event is the first thing to look for after a deploy.",
        "Health that is a constant says nothing about the paths behind it.",
        "Back-pressure belongs at the edge: a slow reader must not grow a queue without bound.",
        "A dispatcher that outlives its session is leaked; count them before memory does.",
        "Evidence is what was observed, where and when; a verdict without evidence is a guess.",
        "When a creation fails beside a living singleton, falling back in silence hides the migration's state.",
    ]
}
