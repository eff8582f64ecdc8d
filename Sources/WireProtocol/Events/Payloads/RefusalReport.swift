/// Something that a relayed source sent and that could not be used: the value of `ctxtop.refused`.
public struct RefusalReport: CustomPayload {
    /// What was refused, such as an address or `run r-1`.
    public var what: String
    /// Why, in words.
    public var reason: String
    /// How many, at least 1.
    public var count: Int

    /// Describes `count` refusals for the same reason.
    public init(what: String, reason: String, count: Int = 1) {
        self.what = what
        self.reason = reason
        self.count = max(1, count)
    }

    /// Reads `{what, reason, count?}`; nil without a reason.
    public init?(json: JSONObject) {
        guard let reason = json.string("reason") else { return nil }
        self.init(what: json.string("what") ?? "event", reason: reason, count: json.int("count") ?? 1)
    }

    /// `ctxtop.refused`.
    public static var eventName: CustomEventName { .refused }

    /// `{what, reason, count}`.
    public var json: JSONValue {
        ["what": .string(what), "reason": .string(reason), "count": .integer(Int64(count))]
    }
}

extension ReadOutcome: CustomPayload {
    /// `ctxtop.read`.
    public static var eventName: CustomEventName { .read }
}
