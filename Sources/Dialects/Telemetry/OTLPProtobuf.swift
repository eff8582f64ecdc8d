import WireProtocol

/// Reads OTLP requests in protobuf (opentelemetry-proto 1.x: the collector's trace, logs and metrics services).
///
/// Field numbers are those of `trace.proto`, `logs.proto`, `metrics.proto`,
/// `common.proto` and `resource.proto`. A few of them are read by hand instead
/// of through generated code: the whole reader is smaller than the generated
/// part of one of these files, adds no dependency, and skips what it does not know.
public enum OTLPProtobuf {
    /// Reads an `ExportTraceServiceRequest`, `ExportLogsServiceRequest` or `ExportMetricsServiceRequest`.
    public static func read(
        _ bytes: [UInt8], _ signal: TelemetrySignal
    ) throws(TelemetryError) -> TelemetryBatch {
        var batch = TelemetryBatch()
        try ProtobufFields.each(bytes[...]) { (field) throws(TelemetryError) in
            if field.number == 1 { try resourceGroup(field.bytes, signal, &batch) }
        }
        return batch
    }

    /// `ResourceSpans`, `ResourceLogs`, `ResourceMetrics`: 1 resource, 2 scopes.
    private static func resourceGroup(
        _ bytes: ArraySlice<UInt8>, _ signal: TelemetrySignal, _ batch: inout TelemetryBatch
    ) throws(TelemetryError) {
        var resource = TelemetryResource()
        try ProtobufFields.each(bytes) { (field) throws(TelemetryError) in
            guard field.number == 1 else { return }
            resource = TelemetryResource(try attributes(field.bytes, at: 1))
        }
        try ProtobufFields.each(bytes) { (field) throws(TelemetryError) in
            if field.number == 2 { try scopeGroup(field.bytes, signal, resource, &batch) }
        }
    }

    /// `ScopeSpans`, `ScopeLogs`, `ScopeMetrics`: 1 scope, 2 elements.
    private static func scopeGroup(
        _ bytes: ArraySlice<UInt8>, _ signal: TelemetrySignal, _ resource: TelemetryResource,
        _ batch: inout TelemetryBatch
    ) throws(TelemetryError) {
        var scope = ""
        try ProtobufFields.each(bytes) { (field) throws(TelemetryError) in
            guard field.number == 1 else { return }
            try ProtobufFields.each(field.bytes) { (field) throws(TelemetryError) in
                if field.number == 1 { scope = field.text }
            }
        }
        try ProtobufFields.each(bytes) { (field) throws(TelemetryError) in
            guard field.number == 2 else { return }
            switch signal {
            case .traces: batch.spans.append(try span(field.bytes, resource, scope))
            case .logs: batch.logs.append(try log(field.bytes, resource))
            case .metrics: batch.metrics += try metric(field.bytes, resource)
            }
        }
    }

    private static func span(
        _ bytes: ArraySlice<UInt8>, _ resource: TelemetryResource, _ scope: String
    ) throws(TelemetryError) -> TelemetrySpan {
        var span = TelemetrySpan()
        (span.resource, span.scope) = (resource, scope)
        try ProtobufFields.each(bytes) { (field) throws(TelemetryError) in
            switch field.number {
            case 1: span.traceID = hexadecimal(field.bytes)
            case 2: span.spanID = hexadecimal(field.bytes)
            case 4: span.parentID = hexadecimal(field.bytes)
            case 5: span.name = field.text
            case 7: span.start = Timestamp(milliseconds: field.milliseconds)
            case 8: span.end = Timestamp(milliseconds: field.milliseconds)
            case 9: try add(field.bytes, to: &span.attributes)
            case 15: try status(field.bytes, of: &span)
            case 16: span.hasRemoteParent = field.unsigned & 0x300 == 0x300
            default: break
            }
        }
        return span
    }

    private static func status(
        _ bytes: ArraySlice<UInt8>, of span: inout TelemetrySpan
    ) throws(TelemetryError) {
        try ProtobufFields.each(bytes) { (field) throws(TelemetryError) in
            if field.number == 2 { span.statusMessage = field.text }
            if field.number == 3 { span.status = .init(number: field.signed) }
        }
    }

    private static func log(
        _ bytes: ArraySlice<UInt8>, _ resource: TelemetryResource
    ) throws(TelemetryError) -> TelemetryLog {
        var log = TelemetryLog()
        log.resource = resource
        var observed: Int64 = 0
        try ProtobufFields.each(bytes) { (field) throws(TelemetryError) in
            switch field.number {
            case 1: log.time = Timestamp(milliseconds: field.milliseconds)
            case 2: log.severity = Int(clamping: field.signed)
            case 5: log.body = try value(field.bytes, depth: 0).string ?? ""
            case 6: try add(field.bytes, to: &log.attributes)
            case 9: log.traceID = hexadecimal(field.bytes)
            case 11: observed = field.milliseconds
            case 12: log.name = field.text
            default: break
            }
        }
        if log.time.milliseconds == 0 { log.time = Timestamp(milliseconds: observed) }
        if log.name.isEmpty { log.name = log.attributes["event.name"]?.string ?? "" }
        return log
    }

    /// `Metric`: 1 name, 3 unit, 5 gauge, 7 sum, 9 histogram, 10 exponential histogram, 11 summary.
    private static func metric(
        _ bytes: ArraySlice<UInt8>, _ resource: TelemetryResource
    ) throws(TelemetryError) -> [TelemetryMetric] {
        var metric = TelemetryMetric()
        metric.resource = resource
        var points: [TelemetryMetric] = []
        try ProtobufFields.each(bytes) { (field) throws(TelemetryError) in
            switch field.number {
            case 1: metric.name = field.text
            case 3: metric.unit = field.text
            default: break
            }
        }
        try ProtobufFields.each(bytes) { (kind) throws(TelemetryError) in
            guard [5, 7, 9, 10, 11].contains(kind.number) else { return }
            try ProtobufFields.each(kind.bytes) { (field) throws(TelemetryError) in
                guard field.number == 1, case .bytes = field.value else { return }
                points.append(try point(field.bytes, metric, kind: kind.number))
            }
        }
        return points
    }

    /// Data points: attributes are 7 (numbers, summaries), 9 (histograms) or 1 (exponential ones).
    private static func point(
        _ bytes: ArraySlice<UInt8>, _ metric: TelemetryMetric, kind: Int
    ) throws(TelemetryError) -> TelemetryMetric {
        var point = metric
        let isNumber = kind == 5 || kind == 7
        let attributes = kind == 9 ? 9 : kind == 10 ? 1 : 7
        try ProtobufFields.each(bytes) { (field) throws(TelemetryError) in
            switch field.number {
            case attributes: try add(field.bytes, to: &point.attributes)
            case 4:
                if isNumber {
                    point.value = field.double
                } else {
                    point.count = Int(clamping: field.unsigned)
                }
            case 5 where !isNumber: point.value = field.double
            case 6 where isNumber: point.value = Double(field.signed)
            default: break
            }
        }
        return point
    }

    // MARK: Attributes

    private static func attributes(
        _ bytes: ArraySlice<UInt8>, at number: Int
    ) throws(TelemetryError) -> TelemetryAttributes {
        var attributes: TelemetryAttributes = [:]
        try ProtobufFields.each(bytes) { (field) throws(TelemetryError) in
            if field.number == number { try add(field.bytes, to: &attributes) }
        }
        return attributes
    }

    /// `KeyValue`: 1 key, 2 value.
    private static func add(
        _ bytes: ArraySlice<UInt8>, to attributes: inout TelemetryAttributes
    ) throws(TelemetryError) {
        var (key, found) = ("", JSONValue.null)
        try ProtobufFields.each(bytes) { (field) throws(TelemetryError) in
            if field.number == 1 { key = field.text }
            if field.number == 2 { found = try value(field.bytes, depth: 0) }
        }
        attributes[key] = found
    }

    /// `AnyValue`: 1 string, 2 bool, 3 int, 4 double, 5 array, 6 list of pairs, 7 bytes.
    private static func value(_ bytes: ArraySlice<UInt8>, depth: Int) throws(TelemetryError) -> JSONValue {
        guard depth < 32 else { throw .protobuf(offset: bytes.startIndex) }
        var result = JSONValue.null
        try ProtobufFields.each(bytes) { (field) throws(TelemetryError) in
            switch field.number {
            case 1: result = .string(field.text)
            case 2: result = .bool(field.unsigned != 0)
            case 3: result = .integer(field.signed)
            case 4: result = .number(field.double)
            case 5:
                var elements: [JSONValue] = []
                try ProtobufFields.each(field.bytes) { (element) throws(TelemetryError) in
                    if element.number == 1 { elements.append(try value(element.bytes, depth: depth + 1)) }
                }
                result = .array(elements)
            case 6: result = .string("{…}")
            case 7: result = .string("\(field.bytes.count) bytes")
            default: break
            }
        }
        return result
    }

    static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.prefix(32).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] },
            as: UTF8.self)
    }
}

/// The three kinds of telemetry, by the last part of their path.
public enum TelemetrySignal: String, Hashable, Sendable, CaseIterable {
    case traces, logs, metrics

    /// Where a sender posts it.
    public var path: String { "/v1/" + rawValue }
}

extension TelemetrySpan.Status {
    /// OTLP's number: 0 unset, 1 ok, 2 error.
    init(number: Int64) {
        self =
            switch number {
            case 1: .ok
            case 2: .error
            default: .unset
            }
    }
}
