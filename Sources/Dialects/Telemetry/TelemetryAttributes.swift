public import WireProtocol

/// Attributes by name, in the order in which they were sent; the last of repeated names counts.
///
/// A span has a dozen: a list is filled and read faster than a table of hashes.
public struct TelemetryAttributes: Hashable, Sendable {
    /// The names with their values, each name once.
    private var pairs: [Pair] = []

    private struct Pair: Hashable, Sendable {
        let name: String
        var value: JSONValue
    }

    /// How many there are before a table of names is worth its cost.
    private static let manyNames = 32
    /// The places of the names, where there are many.
    private var places: [String: Int] = [:]

    /// No attributes, with room for `count`.
    public init(expecting count: Int = 0) { pairs.reserveCapacity(count) }

    /// How many names there are.
    public var count: Int { pairs.count }

    /// The value of a name; nil removes nothing and sets nothing.
    public subscript(name: String) -> JSONValue? {
        get { place(of: name).map { pairs[$0].value } }
        set {
            guard let newValue else { return }
            if let place = place(of: name) {
                pairs[place].value = newValue
            } else {
                append(name, newValue)
            }
        }
    }

    private func place(of name: String) -> Int? {
        places.isEmpty ? pairs.firstIndex { $0.name == name } : places[name]
    }

    private mutating func append(_ name: String, _ value: JSONValue) {
        pairs.append(Pair(name: name, value: value))
        if pairs.count == Self.manyNames {
            for (place, pair) in pairs.enumerated() { places[pair.name] = place }
        } else if pairs.count > Self.manyNames {
            places[name] = pairs.count - 1
        }
    }

    /// Whether the names and values are the same, in any order.
    public static func == (one: Self, other: Self) -> Bool {
        one.count == other.count && one.pairs.allSatisfy { other[$0.name] == $0.value }
    }

    /// Feeds what ``==(_:_:)`` compares without regard to order.
    public func hash(into hasher: inout Hasher) { hasher.combine(count) }
}

extension TelemetryAttributes: Sequence {
    /// The names with their values, in order.
    public func makeIterator() -> some IteratorProtocol<(key: String, value: JSONValue)> {
        pairs.lazy.map { (key: $0.name, value: $0.value) }.makeIterator()
    }
}

extension TelemetryAttributes: ExpressibleByDictionaryLiteral {
    /// These attributes.
    public init(dictionaryLiteral pairs: (String, JSONValue)...) {
        for (name, value) in pairs { self[name] = value }
    }
}
