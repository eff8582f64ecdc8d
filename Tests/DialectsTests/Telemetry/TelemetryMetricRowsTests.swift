import Testing
import WireProtocol

@testable import Dialects

/// Rows of health out of points of metrics: one for each service and name.
@Suite struct TelemetryMetricRowsTests {
    private func point(
        _ value: Double, _ kind: TelemetryMetric.Kind = .sum,
        _ temporality: TelemetryMetric.Temporality = .cumulative, from start: Int64 = 1_000,
        at time: Int64 = 2_000, count: Int? = nil, of type: String? = nil, name: String = "tokens",
        service: String = "shop"
    ) -> TelemetryMetric {
        var point = TelemetryMetric()
        point.resource = TelemetryResource(["service.name": .string(service)])
        (point.name, point.kind, point.temporality, point.value) = (name, kind, temporality, value)
        (point.start, point.time) = (Timestamp(milliseconds: start), Timestamp(milliseconds: time))
        point.count = count
        if let type { point.attributes = ["type": .string(type)] }
        return point
    }

    private func rows(_ points: [TelemetryMetric]...) -> TelemetryMetricRows {
        var rows = TelemetryMetricRows()
        for points in points { rows.take(points) }
        return rows
    }

    private func told(_ points: TelemetryMetric...) -> String {
        rows(points).checks().map { "\($0.name)=\($0.observedValue ?? "") | \($0.output ?? "")" }
            .joined(separator: "\n")
    }

    @Test func deltasAreSummedFromTheFirstOneAndSayso() {
        #expect(
            told(point(5, .sum, .delta), point(7, .sum, .delta, at: 3_000))
                == "metric/shop tokens=12, summed since first seen | delta")
    }

    @Test func aDeltaThatIsSentAgainCountsOnce() {
        #expect(
            told(point(5, .sum, .delta), point(5, .sum, .delta)).hasPrefix("metric/shop tokens=5, summed"))
    }

    @Test func aCumulativeSumIsShownAsItIs() {
        #expect(
            told(point(5), point(7, at: 3_000)) == "metric/shop tokens=7 | cumulative")
    }

    @Test func aPointThatComesLateChangesNothing() {
        #expect(told(point(7, at: 3_000), point(5)) == "metric/shop tokens=7 | cumulative")
    }

    @Test func aProgramThatStartsAgainCountsFromZero() {
        #expect(
            told(point(70), point(2, from: 2_500, at: 3_000))
                == "metric/shop tokens=2 | cumulative; resets: 1")
    }

    @Test func histogramsShowSumAndCount() {
        #expect(
            told(point(1.5, .histogram, count: 3)) == "metric/shop tokens=1.5 in 3 | cumulative")
        #expect(
            told(
                point(1, .histogram, .delta, count: 3), point(2, .histogram, .delta, at: 3_000, count: .max))
                == "metric/shop tokens=3 in \(Int.max), summed since first seen | delta")
    }

    @Test func gaugesShowTheLastValue() {
        #expect(
            told(point(5, .gauge, .unspecified), point(4, .gauge, .unspecified, at: 3_000))
                == "metric/shop tokens=4 | ")
        #expect(
            told(
                point(5, .gauge, .unspecified, of: "a"), point(4, .gauge, .unspecified, of: "b")
            ) == "metric/shop tokens=4, the newest of 2 series | 5 {type=a}, 4 {type=b}")
    }

    @Test func aRowIsTheSumOfItsSeriesAndSpellsOutTheLargest() {
        #expect(
            told(point(5, of: "a"), point(1, of: "b"), point(9, of: "c"), point(2, of: "d"))
                == "metric/shop tokens=17 | cumulative; 9 {type=c}, 5 {type=a}, 2 {type=d} and 1 more series")
    }

    @Test func bothTemporalitiesOfAMetricAreToldApart() {
        #expect(
            told(point(5), point(1, .sum, .delta)).hasSuffix(
                "6, summed since first seen | partly delta, partly cumulative"))
        #expect(told(point(5, .sum, .unspecified)).contains("does not say whether"))
    }

    @Test func servicesAndNamesHaveRowsOfTheirOwn() {
        let rows = rows([
            point(1, service: "b"), point(2, name: "time", service: "a"), point(3, service: "a"),
        ])
        #expect(
            rows.checks().map(\.name) == ["metric/a time", "metric/a tokens", "metric/b tokens"].sorted())
    }

    @Test(arguments: [(50, nil), (51, "1 series"), (230, "180 series")] as [(Int, String?)])
    func theSeriesHeardOfLongestAgoAreLeftOutFirst(_ count: Int, _ words: String?) {
        let points = (0..<count).map { point($0 == 0 ? 1_000 : 1, of: "\($0)") }
        for batches in [[points], points.map { [$0] }] {
            var rows = TelemetryMetricRows()
            for batch in batches { rows.take(batch) }
            let check = rows.checks().first
            #expect(check?.observedValue == (words == nil ? "1049" : "50"))
            #expect(check?.output?.contains("\(words ?? "x") heard of longest ago") == (words != nil))
        }
    }

    @Test(arguments: [(300, nil), (301, "1,"), (950, "650,")] as [(Int, String?)])
    func theMetricsHeardOfLongestAgoAreLeftOutFirst(_ count: Int, _ words: String?) {
        let points = (0..<count).map { point(1, name: "m\($0)") }
        let checks = rows(points).checks()
        let left = checks.first { $0.name == "metric/left out" }
        #expect(left?.observedValue.map { $0.hasPrefix(words ?? "x") } == (words == nil ? nil : true))
        #expect(checks.contains { $0.name == "metric/shop m\(count - 1)" })
        #expect(checks.contains { $0.name == "metric/shop m0" } == (words == nil))
    }

    @Test(arguments: [
        ("1", TelemetryMetric.Temporality.delta), ("\"AGGREGATION_TEMPORALITY_CUMULATIVE\"", .cumulative),
    ])
    func bothEncodingsSayWhichMeasurementsAreInASum(
        _ number: String, _ temporality: TelemetryMetric.Temporality
    ) throws {
        let point =
            ProtobufBytes.fixed64(2, 5_000_000) + ProtobufBytes.fixed64(3, 9_000_000)
            + ProtobufBytes.fixed64(4, (2.5).bitPattern)
        let sum =
            ProtobufBytes.bytes(1, point) + ProtobufBytes.varint(2, temporality == .delta ? 1 : 2)
        let metric = ProtobufBytes.text(1, "n") + ProtobufBytes.bytes(7, sum)
        let request = ProtobufBytes.bytes(1, ProtobufBytes.bytes(2, ProtobufBytes.bytes(2, metric)))
        let read = try #require(try OTLPProtobuf.read(request, .metrics).metrics.first)
        #expect((read.kind, read.temporality, read.value) == (.sum, temporality, 2.5))
        #expect((read.start.milliseconds, read.time.milliseconds) == (5, 9))
        let json = """
            {"resource_metrics":[{"instrumentationLibraryMetrics":[{"metrics":[{"name":"n","sum":{"data_points":\
            [{"startTimeUnixNano":"5000000","timeUnixNano":9000000,"asDouble":2.5}],\
            "aggregationTemporality":\(number)}}]}]}]}
            """
        #expect(try OTLPJSON.read(Array(json.utf8), .metrics).metrics == [read])
    }
}
