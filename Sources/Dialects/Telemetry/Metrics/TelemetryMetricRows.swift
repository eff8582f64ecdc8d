import WireProtocol

/// What metrics show: one row for each service and metric name, over its series.
struct TelemetryMetricRows {
    /// The most rows: 300; the ones touched longest ago are left out first.
    static let maximumRows = 300
    /// The most series of one row: 50, so that one metric with an id among its attributes displaces no other.
    static let maximumSeries = 50
    /// How many series a row spells out.
    private static let maximumSpelled = 3
    /// The longest name of a metric (OpenTelemetry, "Instrument name syntax").
    private static let maximumName = 255

    private struct Key: Hashable, Comparable {
        let service: String
        let name: String

        static func < (first: Key, second: Key) -> Bool {
            (first.service, first.name) < (second.service, second.name)
        }
    }

    private struct Row {
        var unit = ""
        var series: [TelemetryMetricSeries.Key: TelemetryMetricSeries] = [:]
        var leftOut = 0
        var arrival = 0
    }

    private var rows: [Key: Row] = [:]
    private var leftOut = 0
    private var arrivals = 0

    /// Whether no point was taken yet.
    var isEmpty: Bool { rows.isEmpty }

    /// Takes the points of one request.
    mutating func take(_ points: [TelemetryMetric]) {
        for point in points {
            arrivals += 1
            let key = Key(
                service: String(point.resource.service.prefix(Self.maximumName)),
                name: String(point.name.prefix(Self.maximumName)))
            var row = rows.removeValue(forKey: key) ?? Row()
            row.unit = String(point.unit.prefix(63))
            row.arrival = arrivals
            let series = TelemetryMetricSeries.Key(point)
            if row.series[series]?.take(point, arrival: arrivals) == nil {
                row.series[series] = TelemetryMetricSeries(point, arrival: arrivals)
            }
            row.leftOut += Self.trim(&row.series, above: 2 * Self.maximumSeries, to: Self.maximumSeries) {
                $0.arrival
            }
            rows[key] = row
            leftOut += Self.trim(&rows, above: 2 * Self.maximumRows, to: Self.maximumRows) { $0.arrival }
        }
        for key in rows.keys {
            guard var row = rows[key], row.series.count > Self.maximumSeries else { continue }
            row.leftOut += Self.trim(&row.series, above: Self.maximumSeries, to: Self.maximumSeries) {
                $0.arrival
            }
            rows[key] = row
        }
        leftOut += Self.trim(&rows, above: Self.maximumRows, to: Self.maximumRows) { $0.arrival }
    }

    /// Removes the oldest beyond `limit` once there are more than `bound`; how many those were.
    ///
    /// Within a request twice the limit may be kept, so that a flood of series is not sorted for each of them.
    private static func trim<Name: Hashable, Content>(
        _ contents: inout [Name: Content], above bound: Int, to limit: Int, age: (Content) -> Int
    ) -> Int {
        guard contents.count > bound else { return 0 }
        let oldest = contents.sorted { age($0.value) < age($1.value) }.prefix(contents.count - limit)
        for (key, _) in oldest { contents[key] = nil }
        return oldest.count
    }

    /// The rows by service and name, and how many were left out.
    func checks() -> [CheckRecord] {
        var checks = rows.sorted { $0.key < $1.key }.map { key, row in
            var check = CheckRecord(name: "metric/\(key.service) \(key.name)")
            check.observedValue = Self.value(of: row)
            check.output = Self.words(about: row)
            return check
        }
        if leftOut > 0 {
            var check = CheckRecord(name: "metric/left out")
            check.observedValue =
                "\(leftOut), heard of longest ago; limit \(Self.maximumRows)"
            checks.append(check)
        }
        return checks
    }

    /// The sum over all series, or of gauges, which have none, the newest value.
    private static func value(of row: Row) -> String {
        let series = row.series.values.sorted { $0.arrival < $1.arrival }
        guard let newest = series.last else { return "" }
        if newest.kind == .gauge {
            let many = series.count > 1 ? ", the newest of \(series.count) series" : ""
            return text(newest.value, newest.count, row.unit) + many
        }
        let counts = series.compactMap(\.count)
        let count = counts.reduce(0) { $0.addingReportingOverflow($1).overflow ? .max : $0 + $1 }
        let sum = text(series.reduce(0) { $0 + $1.value }, counts.isEmpty ? nil : count, row.unit)
        return sum + (series.contains { $0.temporality == .delta } ? ", summed since first seen" : "")
    }

    /// Temporality, the series with the largest values, resets, and what was left out.
    private static func words(about row: Row) -> String? {
        var words: [String] = []
        let series = row.series.sorted { ($1.value.value, $0.key.text) < ($0.value.value, $1.key.text) }
        let sums = series.filter { $0.value.kind == .sum || $0.value.kind == .histogram }
        if let first = sums.first?.value.temporality {
            let isOne = sums.allSatisfy { $0.value.temporality == first }
            switch first {
            case .delta where isOne: words.append("delta")
            case .cumulative where isOne: words.append("cumulative")
            case .unspecified where isOne: words.append("the sender does not say whether delta or cumulative")
            case .delta, .cumulative, .unspecified: words.append("partly delta, partly cumulative")
            }
        }
        if series.contains(where: { !$0.key.text.isEmpty }) {
            let spelled = series.prefix(maximumSpelled).map { key, series in
                text(series.value, series.count, "") + " " + key.text
            }
            let more = series.count - spelled.count
            words.append(spelled.joined(separator: ", ") + (more > 0 ? " and \(more) more series" : ""))
        }
        let resets = series.reduce(0) { $0 + $1.value.resets }
        if resets > 0 { words.append("resets: \(resets)") }
        if row.leftOut > 0 {
            words.append("left out: \(row.leftOut) series heard of longest ago; limit \(maximumSeries)")
        }
        return words.isEmpty ? nil : words.joined(separator: "; ")
    }

    private static func text(_ value: Double, _ count: Int?, _ unit: String) -> String {
        PrometheusText.text(value) + (unit.isEmpty ? "" : " " + unit) + (count.map { " in \($0)" } ?? "")
    }
}
