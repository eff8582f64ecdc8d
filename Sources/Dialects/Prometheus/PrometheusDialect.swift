import WireProtocol

extension Dialect {
    /// A metrics page in the Prometheus text format, of any program: measurements without a judgement.
    public static let prometheus = Dialect(
        "prometheus", healthPaths: ["/metrics"],
        coverage: {
            var coverage = Coverage.healthOnly
            coverage.notes = [
                "health: a metrics page says that the program answers, not that it is well; its measurements "
                    + "are rows of Health"
            ]
            return coverage
        }(), reader: { PrometheusReader() }
    ) { sighting in
        sighting.health.status == 200 && PrometheusText.isOne(sighting.health.body)
    }
}

/// Shows a metrics page as rows of health: what concerns agents first, then what every process measures.
struct PrometheusReader: DialectReader {
    /// How many rows are shown; a page of Prometheus itself has about 700 samples.
    private static let maximumRows = 200
    /// What is shown, in this order: agents' metrics, then HTTP's and the process' own.
    private static let wanted = [
        "gen_ai_", "agent_", "mcp_", "lg_api_", "llm_", "http_server_", "http_requests_total", "process_",
        "up",
    ]

    var requests: [DialectRequest] { [] }

    mutating func take(_ answer: DialectAnswer, at moment: Timestamp) -> [Message] {
        guard case .health(var record, let body) = answer else { return [] }
        guard record.httpStatus == 200, PrometheusText.isOne(body) else {
            return [.health(record, body: body)]
        }
        let samples = PrometheusText.samples(body)
        let shown = Self.wanted.flatMap { prefix in samples.filter { $0.name.hasPrefix(prefix) } }
        record.checks = PrometheusText.checks(Array(shown.prefix(Self.maximumRows)))
        record.reason =
            "a metrics page of \(samples.count) samples; \(record.checks.count) of them are shown as rows"
        return [.health(record, body: body)]
    }
}
