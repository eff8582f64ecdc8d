import WireProtocol

/// Reads OTLP requests in JSON: camelCase names, hexadecimal ids, whole numbers as numbers or strings.
///
/// The rules are those of the OTLP specification, "JSON Protobuf Encoding"; ids
/// in base64 and enumerations by name, which plain protobuf tools write, are read too.
public enum OTLPJSON {
    /// Reads an export request.
    public static func read(
        _ bytes: [UInt8], _ signal: TelemetrySignal
    ) throws(TelemetryError) -> TelemetryBatch {
        let json: JSONValue
        do throws(JSONError) { json = try JSONParser.parse(bytes) } catch {
            throw .json(error.description)
        }
        guard let object = json.object else { throw .json("not an object") }
        var batch = TelemetryBatch()
        let (groups, scopes, elements) =
            switch signal {
            case .traces: ("resourceSpans", "scopeSpans", "spans")
            case .logs: ("resourceLogs", "scopeLogs", "logRecords")
            case .metrics: ("resourceMetrics", "scopeMetrics", "metrics")
            }
        guard object[groups] != nil || object.members.isEmpty else { throw .json("it has no \(groups)") }
        for group in object[groups]?.array ?? [] {
            let resource = TelemetryResource(attributes(group["resource"]?["attributes"]))
            for scope in group[scopes]?.array ?? [] {
                for element in scope[elements]?.array ?? [] {
                    batch.read { (batch) throws(TelemetryError) in
                        guard let element = element.object else { throw .json("an element is no object") }
                        switch signal {
                        case .traces:
                            batch.spans.append(span(element, resource, scope["scope"]?["name"]?.string ?? ""))
                        case .logs: batch.logs.append(log(element, resource))
                        case .metrics: readPoints(of: element, resource, into: &batch)
                        }
                    }
                }
            }
        }
        return batch
    }

    private static func span(
        _ json: JSONObject, _ resource: TelemetryResource, _ scope: String
    ) -> TelemetrySpan {
        var span = TelemetrySpan()
        (span.resource, span.scope) = (resource, scope)
        span.traceID = id(json["traceId"], digits: 32)
        span.spanID = id(json["spanId"], digits: 16)
        span.parentID = id(json["parentSpanId"], digits: 16)
        span.name = json.string("name") ?? ""
        span.start = time(json["startTimeUnixNano"])
        span.end = time(json["endTimeUnixNano"])
        span.attributes = attributes(json["attributes"])
        span.hasRemoteParent = (whole(json["flags"]) ?? 0) & 0x300 == 0x300
        let status = json["status"]
        span.statusMessage = status?["message"]?.string ?? ""
        span.status =
            switch status?["code"] {
            case .string("STATUS_CODE_OK")?: .ok
            case .string("STATUS_CODE_ERROR")?: .error
            case let code: .init(number: Int(clamping: whole(code) ?? 0))
            }
        return span
    }

    private static func log(_ json: JSONObject, _ resource: TelemetryResource) -> TelemetryLog {
        var log = TelemetryLog()
        log.resource = resource
        log.time = time(json["timeUnixNano"])
        if log.time.milliseconds == 0 { log.time = time(json["observedTimeUnixNano"]) }
        log.severity = Int(clamping: whole(json["severityNumber"]) ?? 0)
        log.body = json["body"]?["stringValue"]?.string ?? ""
        log.attributes = attributes(json["attributes"])
        log.traceID = id(json["traceId"], digits: 32)
        log.name = json.string("eventName") ?? log.attributes["event.name"]?.string ?? ""
        return log
    }

    private static func readPoints(
        of json: JSONObject, _ resource: TelemetryResource, into batch: inout TelemetryBatch
    ) {
        var metric = TelemetryMetric()
        metric.resource = resource
        metric.name = json.string("name") ?? ""
        metric.unit = json.string("unit") ?? ""
        let kinds = ["gauge", "sum", "histogram", "exponentialHistogram", "summary"]
        for json in kinds.flatMap({ json[$0]?["dataPoints"]?.array ?? [] }) {
            batch.read { [metric] batch in
                var point = metric
                point.attributes = attributes(json["attributes"])
                point.value =
                    json["asDouble"]?.double ?? whole(json["asInt"]).map { Double($0) }
                    ?? json["sum"]?.double ?? 0
                point.count = whole(json["count"]).map { Int(clamping: $0) }
                batch.metrics.append(point)
            }
        }
    }

    // MARK: Pieces

    private static func attributes(_ json: JSONValue?) -> TelemetryAttributes {
        Dictionary(pairs(json).map { ($0.key, $0.value) }) { _, last in last }
    }

    private static func pairs(_ json: JSONValue?) -> [(key: String, value: JSONValue)] {
        (json?.array ?? []).compactMap { pair in
            guard let key = pair["key"]?.string, let wrapped = pair["value"] else { return nil }
            return (key, value(wrapped))
        }
    }

    private static func value(_ json: JSONValue) -> JSONValue {
        if let text = json["stringValue"] { return text }
        if let bool = json["boolValue"] { return bool }
        if let integer = json["intValue"] { return whole(integer).map { .integer($0) } ?? .null }
        if let number = json["doubleValue"] { return number }
        if let elements = json["arrayValue"]?["values"]?.array { return .array(elements.map(value)) }
        if let list = json["kvlistValue"] {
            let object = pairs(list["values"]).reduce(into: JSONObject()) { $0.append($1.key, $1.value) }
            return .object(object)
        }
        return json["bytesValue"] ?? .null
    }

    private static func whole(_ json: JSONValue?) -> Int64? {
        switch json {
        case .string(let text)?: Int64(text)
        case let value: value?.integer
        }
    }

    private static func time(_ json: JSONValue?) -> Timestamp {
        Timestamp(milliseconds: max(0, whole(json) ?? 0) / 1_000_000)
    }

    /// An id as hexadecimal digits, from those or from base64; empty when it is neither.
    private static func id(_ json: JSONValue?, digits: Int) -> String {
        guard let text = json?.string, !text.isEmpty else { return "" }
        if text.count == digits, text.allSatisfy(\.isHexDigit) { return text.lowercased() }
        return Base64.decode(text).map { OTLPProtobuf.hexadecimal($0) } ?? ""
    }
}

/// RFC 4648 section 4, read leniently: padding may be missing.
enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The bytes of a text of at most 1,000 characters; nil when it is none.
    static func decode(_ text: String) -> [UInt8]? {
        let characters = text.utf8.prefix { $0 != UInt8(ascii: "=") }
        guard characters.count <= 1000 else { return nil }
        var bytes: [UInt8] = []
        var (bits, count): (UInt32, Int) = (0, 0)
        for character in characters {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            bits = (bits << 6 | UInt32(value)) & 0xFFFF
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }
}
