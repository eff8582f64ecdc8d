/// What became different about a session: the value of `ctxtop.session`.
public struct SessionChange: CustomPayload {
    /// What happened.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case opened, closed, state
        /// A user context works for the session; sent for a new context, then once a minute.
        case context
        /// A word of a newer version.
        case unknown
    }

    /// What happened.
    public var kind: Kind
    /// The session's state after it; nil when the sender did not say.
    public var state: SessionRecord.State?
    /// Why, in words.
    public var reason: String?
    /// The context, of ``Kind/context``.
    public var context: ContextRecord?
    /// The session that this one, which closes, turned out to be; nil where it simply closes.
    public var renamedTo: SessionID?

    /// Describes a change.
    public init(
        _ kind: Kind, state: SessionRecord.State? = nil, reason: String? = nil, context: ContextRecord? = nil,
        renamedTo: SessionID? = nil
    ) {
        self.kind = kind
        self.state = state
        self.reason = reason
        self.context = context
        self.renamedTo = renamedTo
    }

    /// Reads the value; every member may be absent.
    public init(json: JSONObject) {
        kind = json.string("change").flatMap { Kind(rawValue: $0) } ?? .unknown
        state = json.string("state").flatMap { SessionRecord.State(rawValue: $0) }
        reason = json.string("reason")
        context = json["context"]?.object.flatMap { ContextRecord(json: $0) }
        renamedTo = json.string("renamedTo").map { SessionID(rawValue: $0) }
    }

    /// `ctxtop.session`.
    public static var eventName: CustomEventName { .session }

    /// `{change, state?, reason?, context?, renamedTo?}`.
    public var json: JSONValue {
        var object: JSONObject = ["change": .string(kind.rawValue)]
        object.set("state", state?.rawValue)
        object.set("reason", reason)
        if let context { object["context"] = context.json }
        object.set("renamedTo", renamedTo?.rawValue)
        return .object(object)
    }
}
