import WireProtocol

extension TraceTree {
    /// The tokens of a run, a sum for each model: of its model calls, and of what counts its own where it has none.
    func usage(of run: Int) -> [JSONValue] {
        var covered: Set<Int> = []
        let counting = nodes.indices.filter { nodes[$0].run == run && nodes[$0].usage != nil }
        for node in counting {
            var current = node
            for _ in 0..<Self.maximumDepth {
                guard let above = parent(of: current), covered.insert(above).inserted else { break }
                current = above
            }
        }
        var sums: [String: SpanMeaning.Usage] = [:]
        for node in counting where !covered.contains(node) {
            guard let usage = nodes[node].usage else { continue }
            let key = (usage.model ?? "") + "\u{0}" + (usage.provider ?? "")
            sums[key] = sums[key].map { $0.adding(usage) } ?? usage
        }
        return sums.sorted { $0.key < $1.key }.map(\.value.json)
    }
}

extension SpanMeaning.Usage {
    /// The sum; what only one of the two counts is kept.
    fileprivate func adding(_ other: Self) -> Self {
        func sum(_ one: Int64?, _ two: Int64?) -> Int64? {
            guard let one, let two else { return one ?? two }
            let (sum, isTooLarge) = one.addingReportingOverflow(two)
            return isTooLarge ? .max : sum
        }
        var total = self
        total.input = sum(input, other.input)
        total.output = sum(output, other.output)
        total.cachedInput = sum(cachedInput, other.cachedInput)
        total.reasoning = sum(reasoning, other.reasoning)
        if let cost, let more = other.cost {
            total.cost = cost + more
        } else {
            total.cost = cost ?? other.cost
        }
        return total
    }

    /// AG-UI's TokenUsage, with the cost beside it.
    var json: JSONValue {
        var object = JSONObject()
        let counts = [
            ("inputTokens", input), ("outputTokens", output), ("cachedInputTokens", cachedInput),
            ("reasoningTokens", reasoning),
        ]
        for (name, count) in counts { if let count { object[name] = .integer(count) } }
        if let cost, cost.isFinite { object["cost"] = .number(cost) }
        object.set("model", model)
        object.set("provider", provider)
        return .object(object)
    }
}
