/// What was found in a place that can hold a component.
public enum SlotState: String, Hashable, Sendable, CaseIterable {
    /// The place itself does not exist.
    case absent
    /// The place exists and holds nothing.
    case `nil`
    /// The place holds a component.
    case present

    /// Reads a wire value; any other word, including a type's name, is `nil` (unreadable).
    public init?(value: String) {
        switch value.lowercased() {
        case "absent": self = .absent
        case "nil", "null", "none": self = .nil
        case "present": self = .present
        default: return nil
        }
    }
}

/// What was found where a factory's tool classes are configured.
public enum ToolClasses: Hashable, Sendable {
    /// Nobody configured the list.
    case absent
    /// The list exists and has no member.
    case empty
    /// The list has this many members, at least 1.
    case count(Int)

    /// Reads a wire value: `absent`, `empty` or a whole number; else `nil` (unreadable).
    public init?(value: String) {
        switch value.lowercased() {
        case "absent", "nil", "none", "null": self = .absent
        case "empty", "0": self = .empty
        default:
            guard let number = Int(value), number > 0 else { return nil }
            self = .count(number)
        }
    }

    /// The spelling on the wire.
    public var value: String {
        switch self {
        case .absent: "absent"
        case .empty: "empty"
        case .count(let number): String(number)
        }
    }
}
