/// Who and what an event is about: AG-UI's `metadata`, in WIRE.md's names.
public struct EventMetadata: Hashable, Sendable {
    /// Whose session.
    public var user: UserID?
    /// Which session.
    public var session: SessionID?
    /// Which run; nil for events outside a run.
    public var run: RunID?
    /// Which consumer path.
    public var path: String?
    /// Which dispatcher served it.
    public var dispatcher: DispatcherID?
    /// The agent that runs; only RUN_STARTED carries it.
    public var agent: String?
    /// The run's place in its caller's trace (W3C Trace Context); only RUN_STARTED carries it.
    public var traceparent: String?
    /// 0, 1, 2… within the run, else within the session.
    public var sequence: Int?
    /// The resume point on merged streams.
    public var id: String?

    /// Metadata that says nothing.
    public init() {}

    /// The members that are set, as the wire spells them.
    public var json: JSONValue {
        var object = JSONObject()
        // Appended, because setting a member looks for it first and this is done for every event.
        if let user { object.append("user", .string(user.rawValue)) }
        if let session { object.append("session", .string(session.rawValue)) }
        if let run { object.append("run", .string(run.rawValue)) }
        if let path { object.append("path", .string(path)) }
        if let dispatcher { object.append("dispatcher", .string(dispatcher.rawValue)) }
        if let agent { object.append("agent", .string(agent)) }
        if let traceparent { object.append("traceparent", .string(traceparent)) }
        if let sequence { object.append("seq", .integer(Int64(sequence))) }
        if let id { object.append("id", .string(id)) }
        return .object(object)
    }
}

/// One AG-UI event to be sent: type, moment, its own fields, and whom it is about.
public struct OutgoingEvent: Hashable, Sendable {
    /// The AG-UI type.
    public var type: EventType
    /// When it happened.
    public var timestamp: Timestamp
    /// The fields of the type, such as `toolCallId`, in order.
    public var fields: JSONObject
    /// Whom it is about.
    public var metadata: EventMetadata
    /// Whether no moment is known, so that the line has none and its reader marks the arrival.
    public var isUndated = false

    /// Puts an event together.
    public init(
        _ type: EventType, at timestamp: Timestamp, _ fields: JSONObject = [:],
        metadata: EventMetadata = .init()
    ) {
        self.type = type
        self.timestamp = timestamp
        self.fields = fields
        self.metadata = metadata
    }

    /// A CUSTOM event of ours.
    public init<Payload: CustomPayload>(
        _ payload: Payload, at timestamp: Timestamp, metadata: EventMetadata = .init()
    ) {
        let name = Payload.eventName.rawValue
        self.init(.custom, at: timestamp, ["name": .string(name), "value": payload.json], metadata: metadata)
    }

    /// The event as one JSON line without its newline.
    public var line: [UInt8] {
        var line: [UInt8] = []
        // Nearly every event line fits; growing from nothing would copy it six times.
        line.reserveCapacity(512)
        append(to: &line)
        // Lines are kept by the ten thousand: without the room that was not needed.
        return line.withUnsafeBufferPointer { Array($0) }
    }

    /// Appends the event as one JSON line without its newline.
    public func append(to line: inout [UInt8]) {
        line += "{\"type\":\"".utf8
        type.wireName.withUTF8Buffer { line.append(contentsOf: $0) }
        line.append(UInt8(ascii: "\""))
        if !isUndated {
            line += ",\"timestamp\":".utf8
            line += String(timestamp.milliseconds).utf8
        }
        for member in fields.members { member.append(to: &line) }
        JSONObject.Member(name: "metadata", value: metadata.json).append(to: &line)
        line.append(UInt8(ascii: "}"))
    }
}
