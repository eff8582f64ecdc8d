import WireProtocol

/// Netra's own status words, rewritten as those that every health endpoint shares.
enum NetraWords {
    private static let pass: Set<String> = [
        "active", "connected", "operational", "excellent", "good", "isolated", "safe", "fast", "enabled",
        "closed",
    ]
    private static let warn: Set<String> = [
        "fair", "slow", "idle", "skipped_optional", "optional_unavailable", "not_configured", "initializing",
        "uninitialized", "half_open", "metrics_not_available", "basic_mode", "fallback_mode",
    ]
    private static let fail: Set<String> = [
        "poor", "open", "dead", "timeout", "zombie", "chat_breaking", "unavailable", "not_ready",
    ]

    /// The word that everybody reads alike, or the word itself.
    static func common(_ word: String) -> String {
        let lower = word.lowercased()
        if pass.contains(lower) { return "pass" }
        if warn.contains(lower) { return "warn" }
        return fail.contains(lower) ? "fail" : word
    }

    /// A body whose strings that are status words are rewritten; all else stays as it is.
    static func translated(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): return .string(common(text))
        case .array(let elements): return .array(elements.map(translated))
        case .object(let object):
            var result = JSONObject()
            for member in object.members { result.append(member.name, translated(member.value)) }
            return .object(result)
        case .null, .bool, .integer, .number: return value
        }
    }
}
