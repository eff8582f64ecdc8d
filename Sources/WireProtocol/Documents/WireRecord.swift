/// A part of a document that reads itself from JSON and writes itself back.
///
/// Reading is lenient: an unknown member is ignored, a member of a wrong type
/// counts as absent, and only a row without its identity is refused (nil), so
/// that a newer backend never stops an older console.
public protocol WireRecord: Hashable, Sendable {
    /// Reads the record; nil when what identifies it is not there.
    init?(json: JSONObject)
    /// The record as the wire spells it; absent scalars are omitted.
    var json: JSONValue { get }
}

extension JSONObject {
    /// The string member of that name.
    public func string(_ name: String) -> String? { self[name]?.string }
    /// The whole-number member of that name, within the bounds of ``WireNumber``.
    public func int(_ name: String) -> Int? { self[name]?.count }
    /// The number member of that name, within the bounds of ``WireNumber``.
    public func double(_ name: String) -> Double? { self[name]?.double.map(WireNumber.measure) }
    /// The truth-value member of that name.
    public func bool(_ name: String) -> Bool? { self[name]?.bool }
    /// The RFC 3339 member of that name.
    public func time(_ name: String) -> Timestamp? { string(name).flatMap { Timestamp(rfc3339: $0) } }
    /// The array of strings of that name; other elements are left out.
    public func strings(_ name: String) -> [String] { self[name]?.array?.compactMap(\.string) ?? [] }

    /// The identifier member of that name.
    public func id<ID: WireIdentifier>(_ name: String) -> ID? { string(name).map { ID(rawValue: $0) } }

    /// The records of that name, and how many elements were none; a member that is no array counts as one.
    public func records<Record: WireRecord>(_ name: String, refused: inout Int) -> [Record] {
        guard let member = self[name] else { return [] }
        guard let elements = member.array else {
            refused += 1
            return []
        }
        let records = elements.compactMap { $0.object.flatMap { Record(json: $0) } }
        refused += elements.count - records.count
        return records
    }

    /// Sets a string member, or leaves it out.
    public mutating func set(_ name: String, _ text: String?) { self[name] = text.map { .string($0) } }
    /// Sets a whole-number member, or leaves it out.
    public mutating func set(_ name: String, _ number: Int?) {
        self[name] = number.map { .integer(Int64($0)) }
    }
    /// Sets a number member, or leaves it out.
    public mutating func set(_ name: String, _ number: Double?) { self[name] = number.map { .number($0) } }
    /// Sets an RFC 3339 member, or leaves it out.
    public mutating func set(_ name: String, _ time: Timestamp?) { set(name, time?.rfc3339) }
    /// Sets an identifier member, or leaves it out.
    public mutating func set(_ name: String, _ id: (some WireIdentifier)?) { set(name, id?.rawValue) }
    /// Sets an array of strings.
    public mutating func set(_ name: String, _ texts: [String]) {
        self[name] = .array(texts.map { .string($0) })
    }
    /// Sets an array of records.
    public mutating func set(_ name: String, _ records: [some WireRecord]) {
        self[name] = .array(records.map(\.json))
    }
}
