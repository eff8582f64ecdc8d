import WireProtocol

@testable import Dialects

/// What a span with these attributes means.
func meaning(
    _ name: String, _ attributes: TelemetryAttributes, scope: String = "",
    status: TelemetrySpan.Status = .unset, _ message: String = "", exception: TelemetryException? = nil
) -> SpanMeaning {
    var span = TelemetrySpan()
    (span.name, span.scope, span.attributes, span.parentID) = (name, scope, attributes, "00f067aa0ba902b7")
    (span.status, span.statusMessage, span.exception) = (status, message, exception)
    return span.meaning
}

/// Tokens in the order in which most tests name them.
func tokens(_ usage: SpanMeaning.Usage?) -> [Int64?] {
    [usage?.input, usage?.output, usage?.cachedInput, usage?.reasoning]
}
