/// How much of what a backend says is kept from screens, copies, documents and logs.
public enum Redaction: String, Hashable, Sendable, CaseIterable {
    /// Everything is shown as it came.
    case none
    /// Passwords, tokens and keys are left out, by their names and by their shapes.
    case secrets
    /// As ``secrets``, and what people, models and tools wrote is left out of events too; ids and names stay.
    case all

    /// What stands where something was left out.
    public static let mark = "[redacted]"

    /// A text for people: an error, a reason, an output.
    public func text(_ text: String) -> String {
        guard self != .none, SecretScan.isWorthALook(text.utf8) else { return text }
        return SecretScan.masked(text)
    }

    /// A JSON value, member by member.
    public func json(_ value: JSONValue) -> JSONValue {
        switch value {
        case .null, .bool, .integer, .number: return value
        case .string(let string): return .string(text(string))
        case .array(let elements): return self == .none ? value : .array(elements.map(json))
        case .object(let object): return self == .none ? value : .object(self.object(object))
        }
    }

    /// The members of an object; those whose name is that of a secret are left out whole.
    public func object(_ object: JSONObject) -> JSONObject {
        guard self != .none else { return object }
        var result = JSONObject()
        for member in object.members {
            result.append(
                member.name,
                SecretScan.isSecretName(member.name) && member.value.canHoldSecret
                    ? .string(Self.mark) : json(member.value))
        }
        return result
    }

    /// The line of an event; one that holds nothing to leave out stays as it came, byte for byte.
    public func line(_ bytes: [UInt8]) -> [UInt8] {
        guard self != .none, self == .all || SecretScan.isWorthALook(bytes) else { return bytes }
        guard let event = try? JSONParser.parse(bytes).object else {
            return Array(text(String(decoding: bytes, as: UTF8.self)).utf8)
        }
        var redacted = object(event)
        if self == .all { redacted = withoutPayload(redacted) }
        return redacted == event ? bytes : JSONValue.object(redacted).serialized
    }

    /// The fields of AG-UI events that hold what people, models and tools wrote (AG-UI 1.0, event types).
    private static let payloadFields: Set<String> = [
        "delta", "content", "messages", "args", "arguments", "result", "input", "output", "rawEvent", "event",
        "snapshot", "encryptedValue", "forwardedProps", "context", "state",
    ]

    private func withoutPayload(_ event: JSONObject) -> JSONObject {
        let isOurs = event["name"]?.string?.hasPrefix("ctxtop.") == true
        var result = JSONObject()
        for member in event.members {
            let isPayload = Self.payloadFields.contains(member.name) || member.name == "value" && !isOurs
            result.append(member.name, isPayload ? .string(Self.mark) : member.value)
        }
        return result
    }
}

extension JSONValue {
    /// Whether there is anything to leave out.
    fileprivate var canHoldSecret: Bool {
        switch self {
        case .null, .bool: false
        case .string(let text): !text.isEmpty
        case .integer, .number, .array, .object: true
        }
    }
}
