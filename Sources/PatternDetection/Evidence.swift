/// One field that somebody observed about a consumer path, and how far it can be believed.
///
/// Evidence is a value: no clock, no identity. Where and when it travelled is the
/// wire's business (`EvidenceRecord` in WireProtocol adds the moment).
public struct Evidence: Hashable, Sendable {
    /// Which fact this is about; see ``EvidenceField`` for the known ones.
    public let field: EvidenceField
    /// The observed value as text, in the spelling that ``EvidenceField`` gives.
    public let value: String
    /// Where it was read, for people: `app.state`, `start-up`, `health check`.
    public let source: String
    /// Whether a verdict may rest on it.
    public let trust: Trust

    /// How far a row can be believed.
    public enum Trust: Hashable, Sendable {
        /// It was observed and may decide a verdict.
        case trusted
        /// It must not decide anything, and why: a constant, a fabricated field.
        case untrusted(reason: String)
    }

    /// Makes one row; `trust` is trusted unless a reason says otherwise.
    public init(_ field: EvidenceField, _ value: String, source: String, trust: Trust = .trusted) {
        self.field = field
        self.value = value
        self.source = source
        self.trust = trust
    }

    /// Whether a verdict may rest on this row.
    public var isTrusted: Bool { trust == .trusted }
}

extension Evidence: CustomStringConvertible {
    /// `tool_dispatcher = nil (start-up)`, as reports and screens print it.
    public var description: String { "\(field) = \(value) (\(source))" }
}
