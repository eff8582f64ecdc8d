import WireProtocol

/// A JSON Schema (2020-12) of the keywords that tool arguments need, and what a value breaks of it.
///
/// `type`, `enum`, `properties`, `required`, `additionalProperties` (false), `items`,
/// `minItems`, `maxItems`, `minLength`, `maxLength` (in code points), `minimum`, `maximum`.
struct JSONSchema: Sendable {
    /// The keywords that count here; `description` and `title` are for readers.
    static let keywords: Set<String> = [
        "type", "enum", "properties", "required", "additionalProperties", "items", "minItems", "maxItems",
        "minLength", "maxLength", "minimum", "maximum", "description", "title",
    ]

    let json: JSONValue

    init(_ json: JSONValue) { self.json = json }

    /// The first thing that is wrong with a value, with its place; nil when it is valid.
    func problem(in value: JSONValue, at place: String = "") -> String? {
        let name = place.isEmpty ? "arguments" : place
        if let type = json["type"]?.string, !Self.has(value, type) {
            return "\(name): must be of type \(type)"
        }
        if let allowed = json["enum"]?.array, !allowed.contains(value) {
            return "\(name): must be one of \(allowed.map(\.text).joined(separator: ", "))"
        }
        switch value {
        case .object(let object): return problem(in: object, place)
        case .array(let elements): return problem(in: elements, name, place)
        case .string(let text): return range("Length", Double(text.unicodeScalars.count), name, "characters")
        case .integer(let number): return range("imum", Double(number), name, "")
        case .number(let number): return range("imum", number, name, "")
        case .null, .bool: return nil
        }
    }

    /// Every keyword that is used here or below and counts nowhere.
    var unknownKeywords: [String] {
        let own = json.object?.members.map(\.name).filter { !Self.keywords.contains($0) } ?? []
        let below =
            (json["properties"]?.object?.members.map(\.value) ?? []) + [json["items"]].compactMap(\.self)
        return own + below.flatMap { JSONSchema($0).unknownKeywords }
    }

    private static func has(_ value: JSONValue, _ type: String) -> Bool {
        switch value {
        case .object: type == "object"
        case .array: type == "array"
        case .string: type == "string"
        case .bool: type == "boolean"
        case .null: type == "null"
        case .integer: type == "integer" || type == "number"
        case .number: type == "number" || (type == "integer" && value.integer != nil)
        }
    }

    private func problem(in object: JSONObject, _ place: String) -> String? {
        let prefix = place.isEmpty ? "" : place + "."
        let properties = json["properties"]?.object
        for name in json["required"]?.array?.compactMap(\.string) ?? [] where object[name] == nil {
            return "\(prefix)\(name): is missing"
        }
        for member in object.members {
            if let schema = properties?[member.name] {
                let place = prefix + member.name
                if let problem = JSONSchema(schema).problem(in: member.value, at: place) { return problem }
            } else if json["additionalProperties"] == false {
                return "\(prefix)\(member.name): is not known here"
            }
        }
        return nil
    }

    private func problem(in elements: [JSONValue], _ name: String, _ place: String) -> String? {
        if let problem = range("Items", Double(elements.count), name, "elements") { return problem }
        guard let schema = json["items"].map(JSONSchema.init) else { return nil }
        for (index, element) in elements.enumerated() {
            if let problem = schema.problem(in: element, at: "\(place)[\(index)]") { return problem }
        }
        return nil
    }

    private func range(_ suffix: String, _ measure: Double, _ name: String, _ unit: String) -> String? {
        let unit = unit.isEmpty ? "" : " " + unit
        if let low = json["min" + suffix]?.double, measure < low {
            return "\(name): must be at least \(Self.words(low))\(unit)"
        }
        if let high = json["max" + suffix]?.double, measure > high {
            return "\(name): must be at most \(Self.words(high))\(unit)"
        }
        return nil
    }

    private static func words(_ number: Double) -> String {
        Int64(exactly: number).map(String.init) ?? String(number)
    }
}
