/// Events that a stream could not deliver: the value of `ctxtop.gap`.
public struct StreamGap: CustomPayload {
    /// How many were lost; nil when the sender cannot count them.
    public var lost: Int?
    /// The resume point before the gap; nil when there was none.
    public var after: String?
    /// The resume point of the first event after it; nil when it is not known yet.
    public var next: String?
    /// Which replica lost them.
    public var instance: String?
    /// Which start of it.
    public var bootID: String?

    /// A gap of `lost` events between two resume points.
    public init(
        lost: Int?, after: String? = nil, next: String? = nil, instance: String? = nil, bootID: String? = nil
    ) {
        self.lost = lost
        self.after = after
        self.next = next
        self.instance = instance
        self.bootID = bootID
    }

    /// Reads the value; every member may be absent, and a negative number counts as none.
    public init(json: JSONObject) {
        self.init(
            lost: json.int("lost").map { max(0, $0) }, after: json.string("after"), next: json.string("next"),
            instance: json.string("instance"), bootID: json.string("bootId"))
    }

    /// `ctxtop.gap`.
    public static var eventName: CustomEventName { .gap }

    /// `{after, next, lost?, instance?, bootId?}`; resume points that are not known are empty.
    public var json: JSONValue {
        var object: JSONObject = ["after": .string(after ?? ""), "next": .string(next ?? "")]
        object.set("lost", lost)
        object.set("instance", instance)
        object.set("bootId", bootID)
        return .object(object)
    }
}
