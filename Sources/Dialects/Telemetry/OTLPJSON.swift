import WireProtocol

/// Reads OTLP requests in JSON: camelCase names, hexadecimal ids, whole numbers as numbers or strings.
///
/// The rules are those of the OTLP specification, "JSON Protobuf Encoding"; ids in base64, enumerations by
/// name and names in snake case, which plain protobuf tools write, are read too, as are the lists' names of
/// versions before 0.15.
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
        let names = Names.of(signal)
        guard let groups = object.any(names.groups) else {
            guard object.members.isEmpty else { throw .json("it has no \(names.groups[0])") }
            return batch
        }
        for group in elements(groups, of: names.groups[0], &batch) {
            let resource = TelemetryResource(attributes(group["resource"]?["attributes"], &batch))
            let lists = names.scopes.compactMap { group[$0] }
            if lists.isEmpty {
                refuseStranger(
                    in: group, besides: ["resource", "schemaUrl", "schema_url"], for: names.scopes[0], &batch)
            }
            for list in lists {
                for scope in elements(list, of: names.scopes[0], &batch) {
                    read(scope, resource, names, signal, into: &batch)
                }
            }
        }
        return batch
    }

    /// What the lists of a request are called: as specified, in snake case, and before version 0.15.
    private struct Names {
        let groups: [String]
        let scopes: [String]
        let elements: [String]

        static func of(_ signal: TelemetrySignal) -> Names {
            switch signal {
            case .traces: names("Spans", "spans", ["spans"])
            case .logs: names("Logs", "logs", ["logRecords", "log_records", "logs"])
            case .metrics: names("Metrics", "metrics", ["metrics"])
            }
        }

        private static func names(_ camel: String, _ snake: String, _ elements: [String]) -> Names {
            Names(
                groups: ["resource" + camel, "resource_" + snake],
                scopes: [
                    "scope" + camel, "scope_" + snake, "instrumentationLibrary" + camel,
                    "instrumentation_library_" + snake,
                ], elements: elements)
        }
    }

    /// The objects of a list; what is not one is refused in words, as is a list that is not one.
    private static func elements(
        _ list: JSONValue, of name: String, _ batch: inout TelemetryBatch
    ) -> [JSONObject] {
        // Null is how JSON writes that a member of protobuf is not set.
        if list == .null { return [] }
        guard let list = list.array else {
            batch.read { (_) throws(TelemetryError) in throw .json("\(name) is not a list") }
            return []
        }
        return list.compactMap { element in
            if let element = element.object { return element }
            batch.read { (_) throws(TelemetryError) in throw .json("an element is not an object") }
            return nil
        }
    }

    /// Refuses a member that is not known where a known one is missing.
    static func refuseStranger(
        in json: JSONObject, besides known: [String], for name: String, _ batch: inout TelemetryBatch
    ) {
        guard let stranger = json.members.first(where: { !known.contains($0.name) }) else { return }
        batch.read { (_) throws(TelemetryError) in
            throw .json("\(stranger.name.prefix(60)) where \(name) belongs")
        }
    }

    private static func read(
        _ scope: JSONObject, _ resource: TelemetryResource, _ names: Names, _ signal: TelemetrySignal,
        into batch: inout TelemetryBatch
    ) {
        let scopes = ["scope", "instrumentationLibrary", "instrumentation_library"]
        let name = scope.any(scopes)?["name"]?.string ?? ""
        guard let list = scope.any(names.elements) else {
            return refuseStranger(
                in: scope, besides: scopes + ["schemaUrl", "schema_url"], for: names.elements[0], &batch)
        }
        for element in elements(list, of: names.elements[0], &batch) {
            switch signal {
            case .traces:
                batch.read { (batch) throws(TelemetryError) in
                    try batch.add(span(element, resource, name, &batch))
                }
            case .logs: batch.read { batch in batch.logs.append(log(element, resource, &batch)) }
            case .metrics: readPoints(of: element, resource, into: &batch)
            }
        }
    }

    private static func span(
        _ json: JSONObject, _ resource: TelemetryResource, _ scope: String, _ batch: inout TelemetryBatch
    ) -> TelemetrySpan {
        var span = TelemetrySpan()
        (span.resource, span.scope) = (resource, scope)
        span.traceID = id(json.either("traceId", "trace_id"), digits: 32)
        span.spanID = id(json.either("spanId", "span_id"), digits: 16)
        span.parentID = id(json.either("parentSpanId", "parent_span_id"), digits: 16)
        span.name = json.string("name") ?? ""
        span.setTimes(
            start: nanoseconds(json.either("startTimeUnixNano", "start_time_unix_nano")),
            end: nanoseconds(json.either("endTimeUnixNano", "end_time_unix_nano")))
        span.attributes = attributes(json["attributes"], &batch)
        span.note(SpanEvents(json["events"]?.array ?? [], reading: Self.event))
        span.isServed =
            [2, 5].contains(whole(json["kind"]))
            || ["SPAN_KIND_SERVER", "SPAN_KIND_CONSUMER"].contains(json["kind"]?.string)
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

    /// An event's name and texts; nil when its name is not wanted.
    private static func event(_ json: JSONValue, wanted: Set<String>) -> SpanEvents.Event? {
        guard let name = json["name"]?.string, wanted.contains(name) else { return nil }
        var texts: [String: String] = [:]
        for pair in json["attributes"]?.array?.prefix(TelemetryAttributeReader.maximumCount) ?? [] {
            guard let key = pair["key"]?.string, let wrapped = pair["value"] else { continue }
            texts[key] = value(wrapped).string
        }
        return SpanEvents.Event(name: name, texts: texts)
    }

    private static func log(
        _ json: JSONObject, _ resource: TelemetryResource, _ batch: inout TelemetryBatch
    ) -> TelemetryLog {
        var log = TelemetryLog()
        log.resource = resource
        log.time = time(json.either("timeUnixNano", "time_unix_nano"))
        if log.time.milliseconds == 0 {
            log.time = time(json.either("observedTimeUnixNano", "observed_time_unix_nano"))
        }
        log.severity = Int(clamping: whole(json.either("severityNumber", "severity_number")) ?? 0)
        log.body = json["body"].map(value)?.string ?? ""
        log.attributes = attributes(json["attributes"], &batch)
        log.traceID = id(json.either("traceId", "trace_id"), digits: 32)
        log.name =
            json.either("eventName", "event_name")?.string ?? log.attributes["event.name"]?.string ?? ""
        return log
    }

    // MARK: Pieces

    /// The attributes of an element; what is beyond the limits is noted in the batch.
    static func attributes(
        _ json: JSONValue?, _ batch: inout TelemetryBatch
    ) -> TelemetryAttributes {
        let pairs = json?.array ?? []
        var reader = TelemetryAttributeReader(expecting: pairs.count)
        for pair in pairs {
            guard let key = pair["key"]?.string, let wrapped = pair["value"] else { continue }
            reader.take(bytes: size(wrapped)) { (key, value(wrapped)) }
        }
        if reader.leftOut > 0 { batch.note(reader) }
        return reader.attributes
    }

    /// About how many bytes a value is long: those of its texts.
    private static func size(_ json: JSONValue) -> Int {
        switch json {
        case .string(let text): text.utf8.count
        case .array(let elements): elements.reduce(0) { $0 + size($1) }
        case .object(let object): object.members.reduce(0) { $0 + $1.name.utf8.count + size($1.value) }
        case .null, .bool, .integer, .number: 8
        }
    }

    private static func pairs(_ json: JSONValue?) -> [(key: String, value: JSONValue)] {
        (json?.array ?? []).compactMap { pair in
            guard let key = pair["key"]?.string, let wrapped = pair["value"] else { return nil }
            return (key, value(wrapped))
        }
    }

    /// The value in its wrapping, of which the last known member counts.
    private static func value(_ json: JSONValue) -> JSONValue {
        for member in json.object?.members.reversed() ?? [] {
            switch member.name {
            case "stringValue", "string_value", "boolValue", "bool_value", "doubleValue", "double_value",
                "bytesValue", "bytes_value":
                return member.value
            case "intValue", "int_value":
                return whole(member.value).map { .integer($0) } ?? .null
            case "arrayValue", "array_value":
                return .array((member.value["values"]?.array ?? []).map(value))
            case "kvlistValue", "kvlist_value":
                return .object(
                    pairs(member.value["values"]).reduce(into: JSONObject()) { $0.append($1.key, $1.value) })
            default: continue
            }
        }
        return .null
    }

    /// A whole number, as such or as text.
    static func whole(_ json: JSONValue?) -> Int64? {
        switch json {
        case .string(let text)?: Int64(text)
        case let value: value?.integer
        }
    }

    /// A fixed64 of nanoseconds as a moment.
    static func time(_ json: JSONValue?) -> Timestamp { Timestamp(nanoseconds: nanoseconds(json)) }

    /// A fixed64; 0 when it is none, or negative.
    private static func nanoseconds(_ json: JSONValue?) -> UInt64 {
        switch json {
        case .string(let text)?: UInt64(text) ?? 0
        case let value: value?.integer.flatMap { UInt64(exactly: $0) } ?? 0
        }
    }

    /// An id as hexadecimal digits, from those or from base64; empty when it is neither.
    private static func id(_ json: JSONValue?, digits: Int) -> String {
        guard let text = json?.string, !text.isEmpty else { return "" }
        if text.count == digits, text.allSatisfy(\.isHexDigit) { return text.lowercased() }
        return Base64.decode(text).map { OTLPProtobuf.hexadecimal($0) } ?? ""
    }
}

extension JSONObject {
    /// The member by its name in camel case or, where a tool keeps protobuf's own names, in snake case.
    func either(_ camel: String, _ snake: String) -> JSONValue? { self[camel] ?? self[snake] }

    /// The first of those members that is there.
    fileprivate func any(_ names: [String]) -> JSONValue? {
        for name in names {
            if let value = self[name] { return value }
        }
        return nil
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
