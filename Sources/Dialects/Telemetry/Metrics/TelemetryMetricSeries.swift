import WireProtocol

/// The points of one metric with one set of attributes, from one program: what they show together.
struct TelemetryMetricSeries {
    /// Which series of a row a point belongs to.
    struct Key: Hashable {
        /// The most characters of attributes that are shown.
        private static let maximumText = 200

        /// The attributes as text, such as `{gen_ai.token.type=input}`; empty without any.
        let text: String
        /// Tells apart what the text does not: other instances, long attributes, another temporality.
        private let digest: Int

        /// Reads whose series a point is.
        init(_ metric: TelemetryMetric) {
            var hasher = Hasher()
            hasher.combine(metric.resource.instance)
            hasher.combine(metric.kind)
            hasher.combine(metric.temporality)
            hasher.combine(metric.attributes)
            digest = hasher.finalize()
            let pairs = metric.attributes.sorted { $0.key < $1.key }.prefix(10).map {
                "\($0.key.prefix(60))=\(($0.value.string ?? $0.value.text).prefix(60))"
            }
            text = pairs.isEmpty ? "" : "{" + pairs.joined(separator: ",").prefix(Self.maximumText) + "}"
        }
    }

    let kind: TelemetryMetric.Kind
    let temporality: TelemetryMetric.Temporality
    /// The value to show: of deltas the sum since the first one, of all else what the newest point says.
    private(set) var value = 0.0
    /// The number of measurements in it; nil for plain numbers.
    private(set) var count: Int?
    /// How often a cumulative series began again.
    private(set) var resets = 0
    /// The arrival number of its newest point.
    private(set) var arrival = 0
    private var start = Timestamp(milliseconds: 0)
    private var time = Timestamp(milliseconds: 0)
    private var isNew = true

    /// A series that begins with a point.
    init(_ point: TelemetryMetric, arrival: Int) {
        (kind, temporality) = (point.kind, point.temporality)
        take(point, arrival: arrival)
    }

    /// Takes a point; one that is older than the newest, or that is sent again, changes nothing.
    mutating func take(_ point: TelemetryMetric, arrival: Int) {
        self.arrival = arrival
        let isTimed = point.time.milliseconds > 0
        switch temporality {
        case .delta:
            if !isNew, isTimed, point.time <= time { return }
            value += point.value
            if let more = point.count {
                let (sum, isTooLarge) = (count ?? 0).addingReportingOverflow(more)
                count = isTooLarge ? .max : sum
            }
        case .cumulative, .unspecified:
            if !isNew, isTimed, point.time < time { return }
            // A program that starts again counts from zero, since another moment.
            if !isNew, point.start > start, start.milliseconds > 0 { resets += 1 }
            (value, count) = (point.value, point.count)
        }
        (start, time, isNew) = (point.start, point.time, false)
    }
}
