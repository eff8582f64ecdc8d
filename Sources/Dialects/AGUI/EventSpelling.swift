import WireProtocol

/// Reads AG-UI events whose names are spelled in another style: `run_started`, `runStarted`, `thread_id`.
///
/// Servers that build events by hand, or serialise Python models without aliases, send these. Letter case and
/// separators do not distinguish any two names of AG-UI, so both are ignored.
enum EventSpelling {
    /// Returns the event with the type and the members as AG-UI 1.0 spells them; what is not known stays.
    ///
    /// - Parameter field: the `event` field of the server-sent event; it names the type where the data does not.
    static func corrected(_ event: JSONObject, field: String) -> JSONObject {
        var corrected = JSONObject()
        for member in event.members {
            let name = members[folded(member.name)] ?? member.name
            // A member in AG-UI's own spelling wins over any other spelling of it.
            if name != member.name, event[name] != nil { continue }
            corrected.append(name, member.value)
        }
        let type = corrected.string("type") ?? ""
        if let known = types[folded(type)] {
            corrected["type"] = .string(known)
        } else if corrected["type"] == nil, let known = types[folded(field)] {
            corrected["type"] = .string(known)
        }
        return corrected
    }

    /// The name in lower case without separators.
    private static func folded(_ name: String) -> String {
        name.lowercased().filter { !"_-. ".contains($0) }
    }

    /// The types of AG-UI 1.0 by their folded names.
    private static let types = Dictionary(
        EventType.allCases.filter { $0 != .unrecognized }.map { type in
            (folded("\(type.wireName)"), "\(type.wireName)")
        }, uniquingKeysWith: { first, _ in first })

    /// The members that the console reads or shows, of the event classes of PyPI's `ag-ui-protocol` 1.0.0.
    private static let members = Dictionary(
        [
            "type", "timestamp", "metadata", "threadId", "runId", "parentRunId", "messageId",
            "parentMessageId", "toolCallId", "toolCallName", "stepName", "activityType", "rawEvent", "name",
            "value", "delta", "message", "code", "content", "outcome", "result", "role", "input", "snapshot",
        ].map { (folded($0), $0) }, uniquingKeysWith: { first, _ in first })
}
