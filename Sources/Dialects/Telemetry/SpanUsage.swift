import WireProtocol

/// Reads tokens and costs: attributes with a number each, or an object with the keys of the caller.
enum SpanUsage {
    /// The tokens of a span; nil when it counts none.
    static func read(_ reading: SpanReading, model: String?) -> SpanMeaning.Usage? {
        var usage = SpanMeaning.Usage()
        usage.input = reading.count(.input)
        usage.output = reading.count(.output)
        usage.cachedInput = reading.count(.cached)
        usage.reasoning = reading.count(.reasoning)
        usage.cost = cost(reading.value(.cost))
        if let object = reading.object(.usageObject) { fill(&usage, from: object) }
        if usage.cost == nil, let object = reading.object(.costObject) { usage.cost = total(object) }
        guard usage != SpanMeaning.Usage() else { return nil }
        usage.model = model
        usage.provider = reading.text(.provider)
        return usage
    }

    /// A count of tokens, from a number or its digits; nil when negative.
    static func count(_ value: JSONValue?) -> Int64? {
        let count =
            switch value {
            case .string(let text)?: Int64(text)
            case let value: value?.integer
            }
        return count.flatMap { $0 >= 0 ? $0 : nil }
    }

    private static func cost(_ value: JSONValue?) -> Double? {
        let cost =
            switch value {
            case .string(let text)?: Double(text)
            case let value: value?.double
            }
        return cost.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
    }

    /// Keys of the OpenAI, Anthropic, LangChain and langfuse shapes, which SDKs pass through.
    private static func fill(_ usage: inout SpanMeaning.Usage, from object: JSONObject) {
        let input = ["input_tokens", "prompt_tokens", "input", "inputTokens", "promptTokens"]
        let output = ["output_tokens", "completion_tokens", "output", "outputTokens", "completionTokens"]
        usage.input = usage.input ?? first(input, object)
        usage.output = usage.output ?? first(output, object)
        usage.cachedInput =
            usage.cachedInput
            ?? first(
                [
                    "cache_read_input_tokens", "prompt_cached_tokens", "input_cached_tokens",
                    "input_cache_read", "cached_tokens",
                ], object)
            ?? detail(
                ["prompt_tokens_details", "input_tokens_details", "input_token_details"],
                ["cached_tokens", "cache_read"], object)
        usage.reasoning =
            usage.reasoning
            ?? first(
                [
                    "reasoning_tokens", "completion_reasoning_tokens", "output_reasoning_tokens",
                    "output_reasoning",
                ],
                object)
            ?? detail(
                ["completion_tokens_details", "output_tokens_details", "output_token_details"],
                ["reasoning_tokens", "reasoning"], object)
    }

    private static func first(_ names: [String], _ object: JSONObject) -> Int64? {
        for name in names {
            if let count = count(object[name]) { return count }
        }
        return nil
    }

    private static func detail(_ parents: [String], _ names: [String], _ object: JSONObject) -> Int64? {
        for parent in parents {
            if let inner = object[parent]?.object, let count = first(names, inner) { return count }
            // langfuse flattens nested objects with a dot.
            if let count = first(names.map { "\(parent).\($0)" }, object) { return count }
        }
        return nil
    }

    /// The total, or else the sum of what is listed.
    private static func total(_ object: JSONObject) -> Double? {
        if let total = cost(object["total"]) ?? cost(object["total_cost"]) { return total }
        let parts = object.members.compactMap { cost($0.value) }
        return parts.isEmpty ? nil : parts.reduce(0, +)
    }
}
