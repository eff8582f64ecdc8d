import Testing
import WireProtocol

@testable import Dialects

/// Bodies of JSON in names of other versions and tools: read, or refused in words.
@Suite struct OTLPNamesTests {
    private static let span =
        "{\"traceId\":\"abababababababababababababababab\",\"spanId\":\"cdcdcdcdcdcdcdcd\",\"name\":\"n\"}"

    @Test(arguments: [
        "{\"resource_spans\":[{\"scope_spans\":[{\"spans\":[SPAN]}]}]}",
        "{\"resourceSpans\":[{\"instrumentationLibrarySpans\":[{\"spans\":[SPAN]}]}]}",
        "{\"resource_spans\":[{\"instrumentation_library_spans\":[{\"spans\":[SPAN]}]}]}",
    ]) func olderAndSnakeCaseNamesAreRead(_ text: String) throws {
        let batch = try OTLPJSON.read(Array(text.replacing("SPAN", with: Self.span).utf8), .traces)
        #expect(batch.spans.map(\.name) == ["n"])
        #expect(batch.reason == nil)
    }

    @Test(arguments: [
        ("{\"spans\":[SPAN]}", "no resourceSpans"), ("{\"resourcespans\":[]}", "no resourceSpans"),
        ("{\"resourceSpans\":[{\"librarySpans\":[]}]}", "librarySpans where scopeSpans belongs"),
        ("{\"resourceSpans\":[{\"scopeSpans\":[{\"span\":[SPAN]}]}]}", "span where spans belongs"),
        ("{\"resourceSpans\":{}}", "resourceSpans is not a list"),
        ("{\"resourceSpans\":\"x\"}", "resourceSpans is not a list"),
        ("{\"resourceSpans\":[7]}", "an element is not an object"),
        ("{\"resourceSpans\":[{\"scopeSpans\":{}}]}", "scopeSpans is not a list"),
        ("{\"resourceSpans\":[{\"scopeSpans\":[7]}]}", "an element is not an object"),
        ("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":{}}]}]}", "spans is not a list"),
    ]) func whatCannotBeReadIsRefusedInWords(_ text: String, _ words: String) {
        var reason: String?
        do throws(TelemetryError) {
            reason = try OTLPJSON.read(Array(text.replacing("SPAN", with: Self.span).utf8), .traces).reason
        } catch { reason = error.description }
        #expect(reason?.contains(words) == true, "\(reason ?? "nothing")")
    }
}
