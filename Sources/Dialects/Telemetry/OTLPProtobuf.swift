import FoundationEssentials
import ProtobufMessages
import SwiftProtobuf
import WireProtocol

/// Reads OTLP requests in protobuf (opentelemetry-proto 1.x: the collector's trace, logs and metrics services).
///
/// A request is unwrapped one element at a time, so that a broken one is refused
/// alone and a hostile body costs no more memory than a small multiple of its length.
public enum OTLPProtobuf {
    /// Reads an `ExportTraceServiceRequest`, `ExportLogsServiceRequest` or `ExportMetricsServiceRequest`.
    public static func read(
        _ bytes: [UInt8], _ signal: TelemetrySignal
    ) throws(TelemetryError) -> TelemetryBatch {
        var batch = TelemetryBatch()
        let groups = try ProtobufMessage.decode(bytes, as: OTLPExportRequest.self).groups
        // Almost any bytes are fields that are not known; only the empty request has none of ours.
        guard !groups.isEmpty || bytes.isEmpty else { throw .protobuf("has no \(signal.rawValue)") }
        for group in groups {
            let group = try ProtobufMessage.decode(group, as: OTLPResourceGroup.self)
            let resource = TelemetryResource(
                attributes(
                    try ProtobufMessage.decode(group.resource, as: OTLPResource.self).attributes, &batch))
            // Until version 0.15 the scopes were called instrumentation libraries and had a field of their own.
            for scope in group.scopes + group.libraries {
                let scope = try ProtobufMessage.decode(scope, as: OTLPScopeGroup.self)
                for element in scope.elements {
                    batch.read { (batch) throws(TelemetryError) in
                        switch signal {
                        case .traces: try batch.add(try span(element, resource, scope.scope.name, &batch))
                        case .logs: batch.logs.append(try log(element, resource, &batch))
                        case .metrics: try readPoints(of: element, resource, into: &batch)
                        }
                    }
                }
            }
        }
        return batch
    }

    private static func span(
        _ bytes: Data, _ resource: TelemetryResource, _ scope: String, _ batch: inout TelemetryBatch
    ) throws(TelemetryError) -> TelemetrySpan {
        let message = try ProtobufMessage.decode(bytes, as: OTLPSpan.self)
        // An id of another length is a text of another signal, whose fields have the same numbers.
        guard [0, 16].contains(message.traceID.count), [0, 8].contains(message.spanID.count) else {
            throw .protobuf("has a span with odd ids; metrics and logs have paths of their own")
        }
        var span = TelemetrySpan()
        (span.resource, span.scope) = (resource, scope)
        span.traceID = hexadecimal(message.traceID)
        span.spanID = hexadecimal(message.spanID)
        span.parentID = hexadecimal(message.parentSpanID)
        span.name = message.name
        span.setTimes(start: message.startTimeUnixNano, end: message.endTimeUnixNano)
        span.attributes = attributes(message.attributes, &batch)
        span.note(SpanEvents(message.events, reading: Self.event))
        span.status = .init(number: message.status.code.rawValue)
        span.statusMessage = message.status.message
        span.isServed = message.kind == 2 || message.kind == 5
        span.hasRemoteParent = message.flags & 0x300 == 0x300
        return span
    }

    /// An event's name and texts; nil when it cannot be read or its name is not wanted.
    private static func event(_ bytes: Data, wanted: Set<String>) -> SpanEvents.Event? {
        guard let name = try? ProtobufMessage.decode(bytes, as: OTLPEventName.self).name,
            wanted.contains(name),
            let event = try? ProtobufMessage.decode(bytes, as: OTLPEvent.self)
        else { return nil }
        var texts: [String: String] = [:]
        for pair in event.attributes.prefix(TelemetryAttributeReader.maximumCount) {
            guard pair.count <= TelemetryAttributeReader.maximumBytes,
                let pair = try? ProtobufMessage.decode(pair, as: OTLPKeyValue.self)
            else { continue }
            texts[pair.key] = pair.value.stringValue
        }
        return SpanEvents.Event(name: name, texts: texts)
    }

    private static func log(
        _ bytes: Data, _ resource: TelemetryResource, _ batch: inout TelemetryBatch
    ) throws(TelemetryError) -> TelemetryLog {
        let message = try ProtobufMessage.decode(bytes, as: OTLPLogRecord.self)
        var log = TelemetryLog()
        log.resource = resource
        let isTimed = message.timeUnixNano > 0
        log.time = Timestamp(nanoseconds: isTimed ? message.timeUnixNano : message.observedTimeUnixNano)
        log.severity = Int(message.severityNumber)
        log.body = message.body.stringValue
        log.attributes = attributes(message.attributes, &batch)
        log.traceID = hexadecimal(message.traceID)
        log.name = message.eventName
        if log.name.isEmpty { log.name = log.attributes["event.name"]?.string ?? "" }
        return log
    }

    private static func readPoints(
        of bytes: Data, _ resource: TelemetryResource, into batch: inout TelemetryBatch
    ) throws(TelemetryError) {
        let message = try ProtobufMessage.decode(bytes, as: OTLPMetric.self)
        guard let data = message.data else { return }
        var metric = TelemetryMetric()
        metric.resource = resource
        (metric.name, metric.unit) = (message.name, message.unit)
        let list: OTLPPoints
        switch data {
        case .gauge(let points): (list, metric.kind) = (points, .gauge)
        case .sum(let points): (list, metric.kind) = (points, .sum)
        case .histogram(let points), .exponentialHistogram(let points):
            (list, metric.kind) = (points, .histogram)
        case .summary(let points): (list, metric.kind) = (points, .summary)
        }
        metric.temporality = .init(number: list.temporality.rawValue)
        for bytes in list.points {
            batch.read { [metric] (batch) throws(TelemetryError) in
                batch.metrics.append(try point(bytes, of: metric, in: data, &batch))
            }
        }
    }

    private static func point(
        _ bytes: Data, of metric: TelemetryMetric, in data: OTLPMetric.OneOf_Data,
        _ batch: inout TelemetryBatch
    ) throws(TelemetryError) -> TelemetryMetric {
        var point = metric
        let times: (start: UInt64, time: UInt64)
        switch data {
        case .gauge, .sum:
            let message = try ProtobufMessage.decode(bytes, as: OTLPNumberPoint.self)
            point.attributes = attributes(message.attributes, &batch)
            times = (message.startTimeUnixNano, message.timeUnixNano)
            point.value =
                switch message.value {
                case .asDouble(let value): value
                case .asInt(let value): Double(value)
                case nil: 0
                }
        case .histogram:
            let message = try ProtobufMessage.decode(bytes, as: OTLPHistogramPoint.self)
            point.attributes = attributes(message.attributes, &batch)
            times = (message.startTimeUnixNano, message.timeUnixNano)
            (point.value, point.count) = (message.sum, Int(clamping: message.count))
        case .exponentialHistogram:
            let message = try ProtobufMessage.decode(bytes, as: OTLPExponentialHistogramPoint.self)
            point.attributes = attributes(message.attributes, &batch)
            times = (message.startTimeUnixNano, message.timeUnixNano)
            (point.value, point.count) = (message.sum, Int(clamping: message.count))
        case .summary:
            let message = try ProtobufMessage.decode(bytes, as: OTLPSummaryPoint.self)
            point.attributes = attributes(message.attributes, &batch)
            times = (message.startTimeUnixNano, message.timeUnixNano)
            (point.value, point.count) = (message.sum, Int(clamping: message.count))
        }
        point.start = Timestamp(nanoseconds: times.start)
        point.time = Timestamp(nanoseconds: times.time)
        return point
    }

    private static func attributes(_ pairs: [Data], _ batch: inout TelemetryBatch) -> TelemetryAttributes {
        var reader = TelemetryAttributeReader(expecting: pairs.count)
        for pair in pairs {
            reader.take(bytes: pair.count) { () throws(TelemetryError) in
                let pair = try ProtobufMessage.decode(pair, as: OTLPKeyValue.self)
                return (pair.key, value(pair.value))
            }
        }
        if reader.leftOut > 0 { batch.note(reader) }
        return reader.attributes
    }

    private static func value(_ value: OTLPAnyValue) -> JSONValue {
        switch value.value {
        case .stringValue(let text): .string(text)
        case .boolValue(let bool): .bool(bool)
        case .intValue(let integer): .integer(integer)
        case .doubleValue(let number): .number(number)
        case .arrayValue(let array): .array(array.values.map(Self.value))
        case .kvlistValue(let list):
            .object(list.values.reduce(into: JSONObject()) { $0.append($1.key, Self.value($1.value)) })
        case .bytesValue(let bytes): .string("\(bytes.count) bytes")
        case nil: .null
        }
    }

    /// Two digits for each of at most 32 bytes.
    static func hexadecimal(_ bytes: some Collection<UInt8>) -> String {
        let bytes = bytes.prefix(32)
        return String(unsafeUninitializedCapacity: 2 * bytes.count) { text in
            var index = 0
            for byte in bytes {
                for digit in [byte >> 4, byte & 0xF] {
                    text[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit
                    index += 1
                }
            }
            return index
        }
    }
}

/// The three kinds of telemetry, by the last part of their path.
public enum TelemetrySignal: String, Hashable, Sendable, CaseIterable {
    case traces, logs, metrics

    /// Where a sender posts it.
    public var path: String { "/v1/" + rawValue }

    /// Every path that a sender may be made for: also `/v2/traces`, where respan's library posts OTLP.
    public var paths: [String] { self == .traces ? [path, "/v2/traces"] : [path] }

    /// The signal that a path ends in, such as `/v1/traces/v1/traces` or `/otlp/v1/logs/`; nil for every other path.
    public init?(endOf path: some StringProtocol) {
        let path = path.reversed().drop { $0 == "/" }
        let signal = Self.allCases.first { signal in
            signal.paths.contains { path.starts(with: $0.reversed()) }
        }
        guard let signal else { return nil }
        self = signal
    }
}

extension TelemetrySpan.Status {
    /// OTLP's number: 0 unset, 1 ok, 2 error.
    init(number: Int) {
        self =
            switch number {
            case 1: .ok
            case 2: .error
            default: .unset
            }
    }
}

extension TelemetryMetric.Temporality {
    /// OTLP's number: 0 unspecified, 1 delta, 2 cumulative.
    init(number: Int) {
        self =
            switch number {
            case 1: .delta
            case 2: .cumulative
            default: .unspecified
            }
    }
}

extension Timestamp {
    /// A moment of OTLP, cut to milliseconds.
    init(nanoseconds: UInt64) { self.init(milliseconds: Int64(nanoseconds / 1_000_000)) }
}
