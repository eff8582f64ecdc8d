/// ``TelemetrySDK/all`` turned around, so that a span costs one look-up for each of its attributes.
struct TelemetrySDKIndex: Sendable {
    /// SDKs, one bit for each place in ``TelemetrySDK/all``.
    typealias SDKs = UInt64

    /// What an attribute is.
    struct Attribute: Sendable {
        let field: TelemetrySDK.Field
        /// Lower counts first, among the attributes of a field.
        var rank: Int
        /// The SDKs of which one must be recognised; 0 where the attribute counts always.
        var needs: SDKs
        /// The SDKs that it recognises.
        var shows: SDKs
        /// Whether its text is JSON.
        var isJSON: Bool
    }

    /// A rule about the names of spans.
    struct SpanName: Sendable {
        enum Match: Sendable { case whole, prefix, suffix }
        let match: Match
        let text: String
        let kind: SpanMeaning.Kind
        let needs: SDKs
    }

    /// The one index of all SDKs.
    static let shared = TelemetrySDKIndex(TelemetrySDK.all)

    /// Attributes by name.
    private(set) var attributes: [String: Attribute] = [:]
    /// The kinds by their words in lower case, of the attributes that name a kind.
    private(set) var kinds: [String: [String: SpanMeaning.Kind]] = [:]
    /// Rules about names of spans, in the order of the SDKs.
    private(set) var spanNames: [SpanName] = []
    /// The SDKs whose rules about names say more than a kind of tool or chain does.
    private(set) var refining: SDKs = 0
    private var scopes: [(prefix: String, sdks: SDKs)] = []

    init(_ all: [TelemetrySDK]) {
        for (place, sdk) in all.enumerated() { add(sdk, place) }
    }

    private mutating func add(_ sdk: TelemetrySDK, _ place: Int) {
        let bit: SDKs = 1 << SDKs(place)
        for scope in sdk.scopes { scopes.append((scope, bit)) }
        for (field, names) in sdk.names {
            for (position, name) in names.enumerated() {
                add(
                    Attribute(
                        field: field, rank: place * 16 + position, needs: name.contains(".") ? 0 : bit,
                        shows: sdk.prefixes.contains { name.hasPrefix($0) } ? bit : 0,
                        isJSON: sdk.isJSON && sdk.prefixes.contains { name.hasPrefix($0) }), name)
                if field == .kind { kinds[name, default: [:]].merge(sdk.kinds) { first, _ in first } }
            }
        }
        for (pattern, kind) in sdk.spanNames {
            let isOwn = sdk.prefixes.contains { pattern.hasPrefix($0) } || sdk.scopes.isEmpty
            let match: SpanName.Match =
                pattern.hasSuffix("*") ? .prefix : pattern.hasPrefix("*") ? .suffix : .whole
            let text = pattern.replacing("*", with: "")
            spanNames.append(SpanName(match: match, text: text, kind: kind, needs: isOwn ? 0 : bit))
            if kind == .handoff || kind == .workflow { refining |= bit }
        }
    }

    /// An attribute that several SDKs share keeps the last one's place and knows the words of all.
    private mutating func add(_ attribute: Attribute, _ name: String) {
        guard var known = attributes[name] else {
            attributes[name] = attribute
            return
        }
        precondition(known.field == attribute.field, "\(name) is of two fields")
        known.rank = attribute.rank
        known.needs |= attribute.needs
        known.shows |= attribute.shows
        known.isJSON = known.isJSON || attribute.isJSON
        attributes[name] = known
    }

    /// The SDKs that an instrumentation scope's name shows.
    func sdks(of scope: String) -> SDKs {
        var sdks: SDKs = 0
        for (prefix, bit) in scopes where scope.utf8.starts(with: prefix.utf8) { sdks |= bit }
        return sdks
    }
}

extension TelemetrySDKIndex.SpanName {
    /// What is left of a span's name that matches: the name of an agent or tool, or empty; nil without a match.
    func rest(of name: String) -> Substring? {
        switch match {
        case .whole: name == text ? "" : nil
        case .prefix: name.utf8.starts(with: text.utf8) ? name.dropFirst(text.count) : nil
        case .suffix: name.hasSuffix(text) ? name.dropLast(text.count) : nil
        }
    }
}
