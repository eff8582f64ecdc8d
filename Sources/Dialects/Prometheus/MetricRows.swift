import WireProtocol

/// Chooses what of a metrics page becomes rows of health, and names the rows so that no two are alike.
enum MetricRows {
    /// How many rows one page may give; a page of Prometheus itself has about 700 samples.
    private static let maximumRows = 100
    /// What is shown of any program, in this order: agents' metrics, then HTTP's and the process' own.
    static let usual = [
        "gen_ai_", "agent_", "mcp_", "lg_api_", "llm_", "litellm_", "http_server_", "http_requests_total",
        "process_", "up",
    ]

    /// The samples whose names begin with one of `wanted`, in that order, observed and without any judgement.
    static func rows(of samples: [MetricSample], wanted: [String] = usual) -> [CheckRecord] {
        let single = samples.filter { !$0.isPartOfDistribution }
        let chosen = wanted.flatMap { prefix in single.filter { $0.name.hasPrefix(prefix) } }
        var seen: [String: Int] = [:]
        return chosen.prefix(maximumRows).map { sample in
            let name = shownName(of: sample)
            seen[name, default: 0] += 1
            let count = seen[name] ?? 1
            var check = CheckRecord(name: count > 1 ? "\(name)#\(count)" : name)
            check.observedValue = PrometheusText.text(sample.value)
            return check
        }
    }

    /// A sample's name with the labels that tell it from others.
    static func shownName(of sample: MetricSample) -> String { sample.name + shown(labels: sample.labels) }

    /// The labels that tell samples apart: those with a value, but for the names of the instrumentation.
    private static func shown(labels: String) -> String {
        let pairs = pairs(labels).filter { !$0.value.isEmpty && !$0.name.hasPrefix("otel_scope_") }
        if pairs.isEmpty { return "" }
        return "{" + pairs.map { "\($0.name)=\($0.value.prefix(40))" }.joined(separator: ",") + "}"
    }

    /// `name="value",…` taken apart; what does not fit the format ends it.
    static func pairs(_ text: String) -> [(name: String, value: String)] {
        var pairs: [(String, String)] = []
        var rest = text[...]
        while let equals = rest.firstIndex(of: "="), pairs.count < 64 {
            let name = rest[..<equals].filter { !$0.isWhitespace && $0 != "," }
            rest = rest[rest.index(after: equals)...]
            guard rest.popFirst() == "\"" else { break }
            var value = ""
            var isEscaped = false
            while let character = rest.popFirst() {
                if character == "\"", !isEscaped { break }
                if character == "\\", !isEscaped {
                    isEscaped = true
                } else {
                    isEscaped = false
                    value.append(character)
                }
            }
            pairs.append((name, value))
        }
        return pairs
    }
}

extension MetricSample {
    /// Whether it is one step of a histogram or summary, or only says when a counter began.
    fileprivate var isPartOfDistribution: Bool {
        name.hasSuffix("_bucket") || name.hasSuffix("_created") || labels.contains("quantile=\"")
    }
}

/// The metrics page that many programs have beside their health endpoint, asked until it turns out to be none.
struct MetricsPage {
    static let request = DialectRequest("/metrics", .every(.seconds(10)))
    private(set) var isThere = true
    private(set) var samples: [MetricSample] = []

    /// What is to be asked.
    var requests: [DialectRequest] { isThere ? [Self.request] : [] }

    /// Takes an answer; a page that is none, or is not for us, is not asked for again.
    mutating func take(_ document: HealthAnswerDocument) -> [Message] {
        isThere = document.status == 200 && PrometheusText.isOne(document.body)
        samples = isThere ? PrometheusText.samples(document.body) : []
        guard [401, 403].contains(document.status) else { return [] }
        return [.refused(what: Self.request.path, reason: BackendAnswer.words(document))]
    }
}
