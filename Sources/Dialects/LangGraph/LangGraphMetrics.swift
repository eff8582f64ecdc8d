import WireProtocol

/// The rows of health that a LangGraph Server's metrics page makes.
enum LangGraphMetrics {
    /// What the metrics page says of queue, workers and pools, and how many requests there were in all.
    static func rows(of samples: [MetricSample]) -> [CheckRecord] {
        let requests = samples.filter { $0.name == "lg_api_http_requests_total" }
        var rows = MetricRows.rows(
            of: samples.filter { !$0.name.hasPrefix("lg_api_http_") }, wanted: ["lg_api_"])
        guard let all = requests.sum("lg_api_http_requests_total") else { return rows }
        let failed = requests.filter { $0.labels.contains("status=\"5") }.sum("lg_api_http_requests_total")
        var row = CheckRecord(name: "lg_api_http_requests_total")
        row.observedValue = "\(all), \(failed ?? 0) of them 5xx"
        rows.append(row)
        return rows
    }
}
