import WireProtocol

extension OutgoingEvent {
    /// Fields that hold what a user wrote, a tool was given or a model answered.
    private static let payloadFields: Set<String> = [
        "delta", "content", "input", "result", "messages", "snapshot", "args", "rawEvent", "event", "patch",
        "encryptedValue",
    ]

    /// The event as operators get it by default: names, sizes and times, no payload.
    ///
    /// Texts become empty so that the event keeps its AG-UI shape; `metadata.bytes` says how much there was.
    ///
    /// - Parameter line: The event's whole line, given back when there is nothing to hide.
    func withoutPayload(_ line: [UInt8]) -> [UInt8] {
        guard fields.members.contains(where: isPayload) else { return line }
        var hidden = 0
        var kept = JSONObject()
        for member in fields.members {
            guard isPayload(member) else {
                kept.append(member.name, member.value)
                continue
            }
            if let text = member.value.string {
                hidden += text.utf8.count
                kept.append(member.name, "")
            } else {
                hidden += member.value.serialized.count
            }
        }
        guard hidden > 0 else { return line }
        var object: JSONObject = [
            "type": .string("\(type.wireName)"), "timestamp": .integer(timestamp.milliseconds),
        ]
        for member in kept.members { object.append(member.name, member.value) }
        var about = metadata.json.object ?? JSONObject()
        about.set("bytes", hidden)
        object["metadata"] = .object(about)
        return JSONValue.object(object).serialized
    }

    /// Whether a member holds what a user wrote, a tool was given or a model answered.
    private func isPayload(_ member: JSONObject.Member) -> Bool {
        Self.isPayload(member, type: type, name: fields.string("name"))
    }

    /// Ours hold names and states only; what an embedder's own CUSTOM holds nobody here knows.
    fileprivate static func isPayload(
        _ member: JSONObject.Member, type: EventType, name: String?
    ) -> Bool {
        if type == .custom, CustomEventName(rawValue: name ?? "") != nil { return false }
        return Self.payloadFields.contains(member.name) || (type == .custom && member.name == "value")
    }
}

extension JSONObject {
    /// An event that was received as a line, without its payload; texts become empty, `metadata.bytes` counts them.
    package var eventWithoutPayload: JSONObject {
        let type = EventType(wireName: (string("type") ?? "").utf8)
        var hidden = 0
        var kept = JSONObject()
        for member in members {
            guard OutgoingEvent.isPayload(member, type: type, name: string("name")) else {
                kept.append(member.name, member.value)
                continue
            }
            hidden += member.value.string?.utf8.count ?? member.value.serialized.count
            if member.value.string != nil { kept.append(member.name, "") }
        }
        guard hidden > 0 else { return self }
        var about = kept["metadata"]?.object ?? JSONObject()
        about.set("bytes", hidden)
        kept["metadata"] = .object(about)
        return kept
    }
}
