import WireProtocol

/// What is measured for `/metrics` beyond what the state says: durations of runs and tools, tokens.
struct MonitorMetrics {
    /// By agent and error type.
    var runs = LabelledHistograms(bounds: Histogram.seconds)
    /// By tool.
    var tools = LabelledHistograms(bounds: Histogram.seconds)
    /// By token type, model and provider.
    var tokens = LabelledHistograms(bounds: Histogram.tokens)

    /// Notes the end of a run.
    mutating func countRun(_ event: OutgoingEvent, agent: String?, took: Duration) {
        var error = ""
        if event.type == .runError { error = event.fields.string("code") ?? "_OTHER" }
        if event.outcomeType == "cancelled" { error = "cancelled" }
        runs.add(took / .seconds(1), [agent ?? "unknown", error])
        for usage in event.fields["usage"]?.array ?? [] {
            let model = usage["model"]?.string ?? ""
            let provider = usage["provider"]?.string ?? ""
            for (type, name) in [("input", "inputTokens"), ("output", "outputTokens")] {
                guard let count = usage[name]?.double else { continue }
                tokens.add(count, [type, model, provider])
            }
        }
    }
}

/// The tool calls of a run that have no result yet, to measure how long they take.
struct OpenCalls {
    /// How many are looked after in one run.
    static let limit = 100

    private var began: [String: (tool: String, at: Timestamp)] = [:]

    /// Notes an event; gives the tool and how long it took when a call has its result.
    mutating func note(_ event: OutgoingEvent) -> (tool: String, took: Duration)? {
        guard let call = event.fields.string("toolCallId") else { return nil }
        switch event.type {
        case .toolCallStart:
            guard began.count < Self.limit else { return nil }
            began[call] = (event.fields.string("toolCallName") ?? "unknown", event.timestamp)
            return nil
        case .toolCallResult:
            return began.removeValue(forKey: call).map { ($0.tool, event.timestamp.since($0.at)) }
        default: return nil
        }
    }
}
