/// What became known of a run beside its own events: the value of `ctxtop.run`.
///
/// Sent for sources that show a step when it ends, as telemetry does. They see a run from within: its start
/// comes after its first steps, steps come after its end, and its end may be a judgement. Sorted by their
/// timestamps its events follow AG-UI's order.
public struct RunChange: CustomPayload {
    /// What became known.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The run is under way; RUN_STARTED follows when its start is known.
        case opened
        /// A step of it came after its end was told, so that it is under way again.
        case reopened
        /// Its end can not be seen: nothing of it came for a long time.
        case lost
        /// Its caller left before its end, as AG-UI's client does to cancel a run.
        case cancelled
        /// A word of a newer version.
        case unknown
    }

    /// What became known.
    public var kind: Kind
    /// The service that the run works for, of OpenTelemetry's `service.name`; nil where the source names none.
    public var service: String?
    /// Why, in words.
    public var reason: String?

    /// Describes a change.
    public init(_ kind: Kind, service: String? = nil, reason: String? = nil) {
        self.kind = kind
        self.service = service
        self.reason = reason
    }

    /// Reads the value; every member may be absent.
    public init(json: JSONObject) {
        kind = json.string("change").flatMap { Kind(rawValue: $0) } ?? .unknown
        service = json.string("service")
        reason = json.string("reason")
    }

    /// `ctxtop.run`.
    public static var eventName: CustomEventName { .run }

    /// `{change, service?, reason?}`.
    public var json: JSONValue {
        var object: JSONObject = ["change": .string(kind.rawValue)]
        object.set("service", service)
        object.set("reason", reason)
        return .object(object)
    }
}
