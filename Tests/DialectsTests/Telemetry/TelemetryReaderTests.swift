import Testing
import WireProtocol

@testable import Dialects

@Suite struct TelemetryReaderTests {
    private let start = Timestamp(milliseconds: 1_795_441_770_000)

    private func span(
        _ name: String, _ operation: String?, _ from: Int, _ to: Int, parent: String = "p",
        _ attributes: TelemetryAttributes = [:]
    ) -> TelemetrySpan {
        var span = TelemetrySpan()
        span.name = name
        (span.traceID, span.spanID, span.parentID) = ("trace", name, parent)
        span.start = start + .milliseconds(from)
        span.end = start + .milliseconds(to)
        span.attributes = attributes
        span.attributes["gen_ai.operation.name"] = operation.map { .string($0) }
        return span
    }

    private func batch(_ spans: TelemetrySpan...) -> TelemetryBatch {
        var batch = TelemetryBatch()
        batch.spans = spans
        return batch
    }

    private let conversation: TelemetryAttributes = ["gen_ai.conversation.id": "thread-1", "user.id": "ada"]

    @Test func openInferencesWordsAreUnderstood() throws {
        var reader = TelemetryReader()
        let about: TelemetryAttributes = [
            "openinference.span.kind": "AGENT", "session.id": "t-1", "agent.name": "shop",
            "metadata": "{\"user_id\":\"ada\",\"langgraph_step\":3}",
        ]
        let model: TelemetryAttributes = [
            "openinference.span.kind": "LLM", "llm.token_count.prompt": 9, "llm.token_count.completion": 4,
            "llm.model_name": "m", "llm.provider": "none",
        ]
        let told = reader.take(
            batch(
                span("m", nil, 10, 20, parent: "Agent workflow", model),
                span("Agent workflow", nil, 0, 30, parent: "", about)),
            at: start)
        let end = try #require(told.eventJSON.last)
        #expect(end["type"]?.string == "RUN_FINISHED")
        #expect(end["metadata"]?["user"]?.string == "ada")
        #expect(end["metadata"]?["agent"]?.string == "shop")
        #expect(end["usage"]?.array?.first?["inputTokens"]?.integer == 9)
        #expect(told.eventJSON.contains { $0["usage"]?["model"]?.string == "m" })
    }

    @Test func anAgentWithoutANameIsCalledAsItsSpan() {
        var reader = TelemetryReader()
        let told = reader.take(
            batch(
                span("plan", nil, 0, 9, parent: "", ["openinference.span.kind": "AGENT", "session.id": "s"])),
            at: start)
        #expect(told.eventJSON.last?["metadata"]?["agent"]?.string == "plan")
    }

    @Test func errorsAndTokensReachTheEvents() {
        var reader = TelemetryReader()
        var failed = span("invoke_agent a", "invoke_agent", 0, 50, parent: "", conversation)
        failed.status = .error
        failed.attributes["error.type"] = "ValueError"
        let model = span(
            "chat m", "chat", 1, 2, parent: "invoke_agent a",
            ["gen_ai.usage.input_tokens": 50, "gen_ai.usage.output_tokens": 7])
        let events = reader.take(batch(model, failed), at: start).eventJSON
        #expect(events.last?["type"]?.string == "RUN_ERROR")
        #expect(events.last?["message"]?.string == "ValueError")
        #expect(events.last?["usage"]?.array?.first?["inputTokens"]?.integer == 50)
    }

    @Test func unknownSpansAreKeptAndBelongToNoRun() {
        var reader = TelemetryReader()
        let events = reader.take(batch(span("GET /x", nil, 0, 5)), at: start).eventJSON
        #expect(events.first?["name"]?.string == "otel.span")
        #expect(events.first?["value"]?["span"]?.string == "GET /x")
        #expect(events.first?["metadata"]?["run"] == nil)
    }

    @Test func aSessionWithoutSpansForHalfAnHourIsClosed() {
        var reader = TelemetryReader()
        _ = reader.take(batch(span("chat m", "chat", 1, 2, parent: "", conversation)), at: start)
        #expect(reader.tell(at: start + .seconds(1800)).eventNames.isEmpty)
        #expect(reader.tell(at: start + .seconds(1801)).eventNames == ["CUSTOM ctxtop.session"])
    }

    @Test func logsAreEventsAndOnlyBadOnesCarryTheirText() {
        var reader = TelemetryReader()
        var batch = TelemetryBatch()
        for severity in [9, 17] {
            var log = TelemetryLog()
            (log.severity, log.name, log.body) = (severity, "gen_ai.choice", "text")
            batch.logs.append(log)
        }
        let values = reader.take(batch, at: start).eventJSON.map { $0["value"] }
        #expect(values.map { $0?["body"]?.string } == [nil, "text"])
        #expect(values.map { $0?["event"]?.string } == ["gen_ai.choice", "gen_ai.choice"])
    }

    @Test func sendersAndMeasurementsAreRowsOfHealth() throws {
        var reader = TelemetryReader()
        var metric = TelemetryMetric()
        (metric.name, metric.unit, metric.value, metric.count) = (
            "gen_ai.client.token.usage", "{token}", 12, 3
        )
        metric.resource = TelemetryResource(["service.name": "shop"])
        metric.attributes = ["gen_ai.token.type": "input"]
        var batch = TelemetryBatch()
        batch.metrics = [metric]
        _ = reader.take(batch, at: start)
        let health = try #require(reader.tell(at: start).health)
        #expect(health.status == .unknown)
        #expect(
            health.checks.map { "\($0.name)=\($0.observedValue ?? "")" } == [
                "metric/shop gen_ai.client.token.usage=12 {token} in 3"
            ])
        #expect(health.checks.first?.output == "12 in 3 {gen_ai.token.type=input}")
        #expect(reader.tell(at: start).health == nil)
    }
}
