import WireProtocol

/// One look at a span's attributes: the best value of each field, by ``TelemetrySDKIndex``.
struct SpanReading {
    typealias Field = TelemetrySDK.Field

    /// The longest JSON text inside an attribute that is read: 64 KiB; usage and metadata are hundreds of bytes.
    static let maximumText = 64 << 10

    private struct Slot {
        var rank = Int.max
        var value = JSONValue.null
    }

    /// The SDKs that are recognised.
    private(set) var sdks: TelemetrySDKIndex.SDKs
    /// The kind of the first SDK that knows one.
    private(set) var kind: SpanMeaning.Kind?
    /// The place of the SDK that knew the kind.
    private(set) var kindRank = Int.max
    private var slots = [Slot](repeating: Slot(), count: Self.fieldCount)
    private static let fieldCount = Field.allCases.count

    init(_ span: TelemetrySpan, _ index: TelemetrySDKIndex = .shared) {
        sdks = index.sdks(of: span.scope)
        var later: [(name: String, attribute: TelemetrySDKIndex.Attribute, value: JSONValue)] = []
        for (name, value) in span.attributes {
            guard let attribute = index.attributes[name] else { continue }
            sdks |= attribute.shows
            if attribute.needs == 0 {
                take(value, attribute, name, index)
            } else {
                later.append((name, attribute, value))
            }
        }
        for (name, attribute, value) in later where attribute.needs & sdks != 0 {
            take(value, attribute, name, index)
        }
        readSpanObject()
    }

    /// Notes a value if no better one is known; a text that says nothing is none.
    private mutating func take(
        _ value: JSONValue, _ attribute: TelemetrySDKIndex.Attribute, _ name: String,
        _ index: TelemetrySDKIndex
    ) {
        let value = attribute.isJSON ? Self.unquoted(value) : value
        if attribute.field == .kind {
            take(kind: value, attribute.rank, of: index.kinds[name])
        } else if attribute.rank < slots[attribute.field.rawValue].rank, Self.saysSomething(value) {
            slots[attribute.field.rawValue] = Slot(rank: attribute.rank, value: value)
        }
    }

    private mutating func take(kind word: JSONValue, _ rank: Int, of kinds: [String: SpanMeaning.Kind]?) {
        guard rank < kindRank, let kinds, case .string(let word) = word, word.utf8.count <= 64,
            let known = kinds[word] ?? kinds[word.lowercased()]
        else { return }
        (kind, kindRank) = (known, rank)
    }

    private static func saysSomething(_ value: JSONValue) -> Bool {
        switch value {
        case .null: false
        case .string(let text): !text.isEmpty && !text.utf8.starts(with: "[Scrubbed due to".utf8)
        default: true
        }
    }

    /// The text inside a JSON text in quotes; anything else as it is.
    private static func unquoted(_ value: JSONValue) -> JSONValue {
        guard case .string(let text) = value, text.utf8.first == UInt8(ascii: "\"") else { return value }
        return json(text) ?? value
    }

    /// A text of JSON, if it is one and not too long.
    private static func json(_ text: String) -> JSONValue? {
        text.utf8.count <= maximumText ? try? JSONParser.parse(text.utf8) : nil
    }

    /// Braintrust keeps kind and name in one object.
    private mutating func readSpanObject() {
        guard let object = object(.spanObject) else { return }
        if kind == nil, let word = object.string("type")?.lowercased() {
            kind = TelemetrySDK.braintrust.kinds[word]
        }
        let slot = Field.name.rawValue
        if slots[slot].rank == .max, let name = object.string("name"), !name.isEmpty {
            slots[slot] = Slot(rank: 0, value: .string(name))
        }
    }

    // MARK: Values

    /// The value of a field as a text; numbers and truth values too, as programs use keys of databases as ids.
    func text(_ field: Field) -> String? { Self.text(slots[field.rawValue].value) }

    private static func text(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): saysSomething(value) ? text : nil
        case .integer(let integer): String(integer)
        case .number(let number): value.integer.map { String($0) } ?? String(number)
        case .bool(let bool): String(bool)
        case .null, .array, .object: nil
        }
    }

    /// The value of a field as it was sent.
    func value(_ field: Field) -> JSONValue { slots[field.rawValue].value }

    /// A count of tokens, from a number or its digits; never negative.
    func count(_ field: Field) -> Int64? { SpanUsage.count(slots[field.rawValue].value) }

    /// The object of a field, sent as one or as a text of JSON.
    func object(_ field: Field) -> JSONObject? {
        switch slots[field.rawValue].value {
        case .object(let object): object
        case .string(let text) where text.utf8.first == UInt8(ascii: "{"): Self.json(text)?.object
        default: nil
        }
    }

    /// The first of those members that names something.
    static func text(_ object: JSONObject, _ names: [String]) -> String? {
        for name in names {
            if let value = object[name], let text = text(value) { return text }
        }
        return nil
    }
}
