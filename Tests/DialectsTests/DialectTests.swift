import Dialects
import Testing
import WireProtocol

@Suite struct DialectTests {
    private func answer(_ body: String, status: Int = 200) -> HealthAnswerDocument {
        HealthAnswerDocument(status: status, contentType: "application/json", body: Array(body.utf8))
    }

    @Test func everyDialectHasItsOwnName() {
        #expect(Set(Dialect.all.map(\.name)).count == Dialect.all.count)
    }

    @Test func everyDialectSaysWhereToAsk() {
        for dialect in Dialect.all {
            #expect(!dialect.healthPaths.isEmpty)
            #expect(dialect.healthPaths.allSatisfy { $0.hasPrefix("/") })
        }
        #expect(Dialect.all.first?.healthPaths.first == "/health")
    }

    @Test(arguments: [
        ("{\"status\":\"pass\",\"links\":{\"monitor\":\"/monitor/v1\"}}", "native"),
        ("{\"status\":\"pass\",\"links\":{}}", "health"),
        ("{\"status\":\"pass\",\"links\":{\"monitor\":\"\"}}", "health"),
        ("{\"status\":\"pass\",\"links\":{\"monitor\":7}}", "health"), ("{\"status\":\"pass\"}", "health"),
        ("ok", "health"), ("", "health"), ("{\"links\":", "health"), ("<html>", "health"),
    ]) func recognisesABackend(_ body: String, _ name: String) {
        #expect(Dialect.recognizing(answer(body)).name == name)
    }

    @Test func recognisesAFailingBackendOfOurs() {
        let failing = answer("{\"status\":\"fail\",\"links\":{\"monitor\":\"/monitor/v1\"}}", status: 503)
        #expect(Dialect.recognizing(failing).name == "native")
    }

    @Test(arguments: [
        ("{\"healthy_endpoints\":[],\"unhealthy_endpoints\":[]}", "", "litellm"),
        ("{\"healthy_endpoints\":[]}", "", "health"),
        ("{\"detail\":\"Authentication Error\"}", "\"I'm alive!\"", "litellm"),
        ("{\"detail\":\"Authentication Error\"}", "\"no\"", "health"),
    ]) func recognisesLiteLLM(_ health: String, _ liveliness: String, _ name: String) {
        var sighting = Sighting(path: "/health", health: answer(health))
        if !liveliness.isEmpty { sighting.probes["/health/liveliness"] = answer(liveliness) }
        #expect(Dialect.recognizing(sighting).name == name)
    }

    @Test func saysWhatAHealthEndpointCannotShowAndWhatWould() {
        let coverage = Dialect.genericHealth.coverage
        #expect(Coverage.Part.allCases.filter { coverage.sees($0) } == [.health])
        #expect(coverage.summary == "health ✓ sessions ✗ runs ✗ patterns ✗ dispatchers ✗ events ✗")
        #expect(Dialect.native.coverage == .whole)
    }

    @Test func everyMissingPartSaysWhatWouldEnableIt() {
        let steps = ["ContextMonitor", "`ctxtop listen`", "ask the backend", "--"]
        for coverage in Dialect.all.map(\.coverage) + [.file, .telemetry, .proxied] {
            for line in coverage.notObservable {
                #expect(steps.contains { line.contains($0) }, "\(line)")
            }
            #expect(Coverage.Part.allCases.allSatisfy { coverage.summary.contains($0.rawValue) })
            #expect(coverage.notObservable.count == coverage.missing.count)
        }
    }
}
