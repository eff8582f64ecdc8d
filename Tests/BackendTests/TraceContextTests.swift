import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Testing
import WireProtocol

@testable import Backend
@testable import ContextMonitor

@Suite struct TraceContextTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let header = "00-\(trace)-00f067aa0ba902b7-01"

    @Test func aNewSpanContinuesTheCallersTrace() {
        var random = SeededGenerator(seed: 1, "trace")
        let context = TraceContext(continuing: Self.header, using: &random)
        #expect(context.trace == Self.trace)
        #expect(context.span != "00f067aa0ba902b7")
        #expect(context.header.utf8.count == Self.header.utf8.count)
        #expect(context.flags == "01")
    }

    @Test(
        arguments: [
            ("00-\(trace)-00f067aa0ba902b7-01", true), ("cc-\(trace)-00f067aa0ba902b7-01", true),
            ("cc-\(trace)-00f067aa0ba902b7-01-what-follows", true),
            ("00-\(trace)-00f067aa0ba902b7-01-more", false), ("ff-\(trace)-00f067aa0ba902b7-01", false),
            ("00-00000000000000000000000000000000-00f067aa0ba902b7-01", false),
            ("00-\(trace)-0000000000000000-01", false), ("00-\(trace)-00f067aa0ba902b7", false),
            ("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", false), ("", false),
            ("00-\(trace)-00f067aa0ba902b7-1", false),
        ])
    func onlyAHeaderOfTheRecommendationCounts(_ header: String, _ counts: Bool) {
        var random = SeededGenerator(seed: 1, "trace")
        let context = TraceContext(continuing: header, using: &random)
        #expect((context.trace == Self.trace) == counts)
        #expect(context.trace.utf8.count == 32)
        #expect(context.span.utf8.count == 16)
    }

    @Test func aRunTellsItsTraceAndTheAnswerItsSpan() async throws {
        try await RunningBackend.with { backend in
            var request = HTTPClientRequest(url: backend.base + "/v1/agents/assistant/ag-ui")
            request.method = .POST
            request.headers = ["traceparent": Self.header, "Content-Type": "application/json"]
            request.body = .bytes(JSONValue.object(["prompt": "go"]).serialized)
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
            let answered = try #require(response.headers.first(name: "traceparent"))
            #expect(answered.hasPrefix("00-\(Self.trace)-"))
            let body = String(buffer: try await response.body.collect(upTo: 1 << 20))
            #expect(body.contains("\"traceparent\":\"\(answered)\""))
        }
    }

    @Test func anUnknownRouteIsAProblemDocument() async throws {
        try await RunningBackend.with { backend in
            let (status, body) = try await backend.get("/v1/nothing")
            #expect(status == 404)
            #expect(body["detail"]?.string == "there is no such route; GET /openapi.json lists them")
        }
    }
}
