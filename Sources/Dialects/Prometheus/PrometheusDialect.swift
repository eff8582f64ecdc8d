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
    var requests: [DialectRequest] { [] }

    mutating func take(_ answer: DialectAnswer, at moment: Timestamp) -> [Message] {
        guard case .health(var record, let body) = answer else { return [] }
        guard record.httpStatus == 200, PrometheusText.isOne(body) else {
            return [.health(record, body: body)]
        }
        let samples = PrometheusText.samples(body)
        record.checks = MetricRows.rows(of: samples)
        record.reason =
            "a metrics page of \(samples.count) samples; \(record.checks.count) of them are shown as rows"
        return [.health(record, body: body)]
    }
}
