import WireProtocol

/// Adds to a health endpoint what the metrics page beside it measures, where there is one.
struct GenericHealthReader: DialectReader {
    private var page = MetricsPage()

    var requests: [DialectRequest] { page.requests }

    mutating func take(_ answer: DialectAnswer, at moment: Timestamp) -> [Message] {
        switch answer {
        case .health(var record, let body):
            record.checks += MetricRows.rows(of: page.samples)
            return [.health(record, body: body)]
        case .document(_, let document, _): return page.take(document)
        case .failed(let request, let reason): return [.refused(what: request.path, reason: reason)]
        case .opened, .event, .frame: return []
        }
    }
}
