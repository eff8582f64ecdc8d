import WireProtocol

/// The points of a metric in JSON.
extension OTLPJSON {
    /// What the lists of points are called, and what kind they hold.
    private static let lists: [(name: String, kind: TelemetryMetric.Kind)] = [
        ("gauge", .gauge), ("sum", .sum), ("histogram", .histogram), ("exponentialHistogram", .histogram),
        ("exponential_histogram", .histogram), ("summary", .summary),
    ]

    /// Reads all points of one metric.
    static func readPoints(
        of json: JSONObject, _ resource: TelemetryResource, into batch: inout TelemetryBatch
    ) {
        var metric = TelemetryMetric()
        metric.resource = resource
        metric.name = json.string("name") ?? ""
        metric.unit = json.string("unit") ?? ""
        if !lists.contains(where: { json[$0.name] != nil }) {
            refuseStranger(
                in: json, besides: ["name", "description", "unit", "metadata"],
                for: "gauge, sum or histogram",
                &batch)
        }
        for (name, kind) in lists {
            guard let list = json[name]?.object else { continue }
            metric.kind = kind
            metric.temporality = temporality(list.either("aggregationTemporality", "aggregation_temporality"))
            for json in list.either("dataPoints", "data_points")?.array ?? [] {
                batch.read { [metric] batch in batch.metrics.append(point(json, of: metric, &batch)) }
            }
        }
    }

    private static func point(
        _ json: JSONValue, of metric: TelemetryMetric, _ batch: inout TelemetryBatch
    ) -> TelemetryMetric {
        var point = metric
        point.attributes = attributes(json["attributes"], &batch)
        point.start = time(json.object?.either("startTimeUnixNano", "start_time_unix_nano"))
        point.time = time(json.object?.either("timeUnixNano", "time_unix_nano"))
        point.value =
            json.object?.either("asDouble", "as_double")?.double
            ?? whole(json.object?.either("asInt", "as_int")).map { Double($0) }
            ?? json["sum"]?.double ?? 0
        point.count = whole(json["count"]).map { Int(clamping: $0) }
        return point
    }

    private static func temporality(_ json: JSONValue?) -> TelemetryMetric.Temporality {
        switch json {
        case .string("AGGREGATION_TEMPORALITY_DELTA")?: .delta
        case .string("AGGREGATION_TEMPORALITY_CUMULATIVE")?: .cumulative
        default: .init(number: Int(clamping: whole(json) ?? 0))
        }
    }
}
