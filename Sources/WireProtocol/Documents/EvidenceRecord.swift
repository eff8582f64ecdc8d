import PatternDetection

/// One evidence row as it travels: what was observed, and when.
public struct EvidenceRecord: WireRecord {
    /// What was observed, where, and how far it is believed.
    public let evidence: Evidence
    /// When it was observed.
    public let at: Timestamp?

    /// Dates a piece of evidence.
    public init(_ evidence: Evidence, at: Timestamp?) {
        self.evidence = evidence
        self.at = at
    }

    /// Reads `{field, value, source, at, trusted, reason}`; a value that is no string is taken as its JSON text.
    public init?(json: JSONObject) {
        guard let field = json.string("field"), let value = json["value"] else { return nil }
        let isTrusted = json.bool("trusted") ?? true
        evidence = Evidence(
            EvidenceField(rawValue: field), value.string ?? value.text, source: json.string("source") ?? "",
            trust: isTrusted ? .trusted : .untrusted(reason: json.string("reason") ?? "no reason given"))
        at = json.time("at")
    }

    /// `{field, value, source, at, trusted, reason}`.
    public var json: JSONValue {
        var object: JSONObject = [
            "field": .string(evidence.field.rawValue), "value": .string(evidence.value),
            "source": .string(evidence.source),
        ]
        object.set("at", at)
        object["trusted"] = .bool(evidence.isTrusted)
        if case .untrusted(let reason) = evidence.trust { object.set("reason", reason) }
        return .object(object)
    }
}
