import Testing
import WireProtocol

@testable import Dialects

/// Metrics pages as rows of health, and the readers that ask for them.
@Suite struct MetricsTests {
    private let now = Timestamp(milliseconds: 1_795_441_400_000)
    private static let page = """
        # HELP a b
        go_threads 7
        process_open_fds 18
        gen_ai_agents{x="y",empty="",otel_scope_name="z"} 2
        gen_ai_agents{x="a \\"quoted\\" word"} 3
        gen_ai_seconds_bucket{le="0.1"} 9
        gen_ai_seconds_created 1.7e9
        gen_ai_seconds{quantile="0.5"} 1
        gen_ai_seconds_count 4

        """

    private func document(_ body: String, status: Int = 200) -> HealthAnswerDocument {
        HealthAnswerDocument(status: status, contentType: "text/plain", body: Array(body.utf8))
    }

    private func expected(_ checks: [CheckRecord]?) {
        #expect(
            checks?.map { "\($0.name) \($0.observedValue ?? "")" } == [
                "gen_ai_agents{x=y} 2", "gen_ai_agents{x=a \"quoted\" word} 3", "gen_ai_seconds_count 4",
                "process_open_fds 18",
            ])
        #expect(checks?.allSatisfy { $0.status == .unknown } == true)
    }

    @Test func aMetricsPageIsRowsWithoutAJudgement() throws {
        var reader = PrometheusReader()
        var record = HealthRecord(.pass)
        record.httpStatus = 200
        let health = try #require(reader.take(.health(record, body: Array(Self.page.utf8)), at: now).health)
        expected(health.checks)
        #expect(health.reason?.contains("8 samples; 4 of them") == true)
    }

    @Test func aHealthEndpointHasTheRowsOfThePageBesideIt() throws {
        var reader = GenericHealthReader()
        #expect(reader.requests == [MetricsPage.request])
        let answer = DialectAnswer.document(MetricsPage.request, document(Self.page), took: .zero)
        #expect(reader.take(answer, at: now).isEmpty)
        expected(reader.take(.health(HealthRecord(.pass), body: []), at: now).health?.checks)
        #expect(reader.requests == [MetricsPage.request])
    }

    @Test(arguments: [("no", 404), ("<html>", 200), ("{}", 200), ("", 500)])
    func whatIsNoPageOfMetricsIsNotAskedForAgain(_ body: String, _ status: Int) {
        var reader = GenericHealthReader()
        let answer = DialectAnswer.document(MetricsPage.request, document(body, status: status), took: .zero)
        #expect(reader.take(answer, at: now).isEmpty)
        #expect(reader.requests.isEmpty)
    }

    @Test func aPageBehindAWallIsSaidOnce() {
        var reader = GenericHealthReader()
        let answer = DialectAnswer.document(MetricsPage.request, document("{}", status: 401), took: .zero)
        #expect(
            reader.take(answer, at: now)
                == [.refused(what: "/metrics", reason: "HTTP 401, use --token-file FILE")])
        #expect(reader.requests.isEmpty)
    }

    @Test(
        arguments: [
            ("a_total 5 # {trace_id=\"x}y\"} 0.67 17.5", "a_total||5.0"),
            ("a_bucket{le=\"1\"} 5 17 # {t=\"}\"} 1", "a_bucket|le=\"1\"|5.0"),
            ("{\"my.metric\",x=\"}\"} 7", "my.metric|x=\"}\"|7.0"), ("{\"my.metric\"} 7", "my.metric||7.0"),
            ("http.requests{a=\"b\"} 1e3", "http.requests|a=\"b\"|1000.0"), ("a:b 1 2", "a:b||1.0"),
            ("a {x=\"1\"} 2", "a|x=\"1\"|2.0"), ("a b", nil), ("a 1 b", nil), ("Active connections: 1", nil),
            ("a{x=\"1\" 2", nil), ("9a 1", nil), ("a", nil), ("ä 1", nil),
        ] as [(String, String?)])
    func aLineIsReadAsASample(_ line: String, _ expected: String?) {
        let sample = PrometheusText.samples(Array(line.utf8)).first
        #expect(sample.map { "\($0.name)|\($0.labels)|\($0.value)" } == expected)
    }

    @Test(
        arguments: [
            ("# TYPE a gauge\n", true), ("# HELP a b", true), ("# a comment\na_b 1\n# EOF\n", true),
            ("a_b 1\nc{x=\"1\"} 2\n", true), ("up 1\n", true), ("a 1\nb 2\n", true), ("ok 1\n", false),
            ("# Welcome\nall is well\n", false), ("# EOF\n", false), ("", false), ("1 2\n", false),
            ("a_b 1\nnot a sample\n", false),
        ])
    func aPageIsToldFromAText(_ text: String, _ isPage: Bool) {
        #expect(PrometheusText.isOne(Array(text.utf8)) == isPage)
        #expect(PrometheusText.isOne(Array(text.replacing("\n", with: "\r\n").utf8)) == isPage)
    }

    @Test func aPageThatIsCutWhereItIsLookedAtIsStillOne() {
        let page = String(repeating: "requests_total{path=\"/a\"} 1\n", count: 2000)
        #expect(PrometheusText.isOne(Array(page.utf8)))
    }

    @Test func samplesThatAreAlikeAreToldApart() {
        let rows = MetricRows.rows(of: PrometheusText.samples(Array("up 1\nup 1\nup 0\n".utf8)))
        #expect(rows.map(\.name) == ["up", "up#2", "up#3"])
    }

    @Test func aPageGivesAtMostAHundredRows() {
        let page = (0..<500).map { "up{n=\"\($0)\"} 1\n" }.joined()
        #expect(MetricRows.rows(of: PrometheusText.samples(Array(page.utf8))).count == 100)
    }

    @Test(arguments: [
        ("a=\"1\",b=\"2\"", ["a:1", "b:2"]), ("a=\"x,y=\\\"z\\\"\" , b=\"\"", ["a:x,y=\"z\"", "b:"]),
        ("a=1", []), ("", []), ("a=\"open", ["a:open"]), ("=\"\"", [":"]), ("a=\"\\\\\"", ["a:\\"]),
    ]) func labelsAreTakenApart(_ text: String, _ expected: [String]) {
        #expect(MetricRows.pairs(text).map { "\($0.name):\($0.value)" } == expected)
    }
}
