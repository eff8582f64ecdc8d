/// The name of an observable fact about a consumer path.
///
/// An open set: a name that this version does not know is kept and shown, and
/// decides nothing. The known names and their values are those of WIRE.md.
public struct EvidenceField: RawRepresentable, Hashable, Sendable {
    /// The spelling on the wire.
    public let rawValue: String

    /// Takes any name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// How many tool classes this path's factory has: `absent`, `empty` or a count.
    public static let toolClasses = Self(rawValue: "tool_classes")
    /// The application-wide dispatcher slot: `absent`, `nil` or `present`.
    public static let toolDispatcher = Self(rawValue: "tool_dispatcher")
    /// The holder of the legacy slot in supervisor-based backends: `absent`, `nil` or `present`.
    public static let agentSupervisor = Self(rawValue: "agent_supervisor")
    /// The legacy slot inside the supervisor: `absent`, `nil` or `present`.
    public static let supervisorDispatcher = Self(rawValue: "agent_supervisor.tool_dispatcher")
    /// The primary bridge slot: `absent`, `nil` or `present`.
    public static let websocketBridge = Self(rawValue: "websocket_bridge")
    /// The bridge slot under its older name, the alias: `absent`, `nil` or `present`.
    public static let agentWebsocketBridge = Self(rawValue: "agent_websocket_bridge")
    /// Which bridge slot the path took: `primary` or `alias`.
    public static let bridgeSource = Self(rawValue: "bridge_source")
    /// Where the tool classes came from: `configured` or `fallback`.
    public static let toolClassesSource = Self(rawValue: "tool_classes_source")
    /// The name of a component that this path's own code insists on.
    public static let requires = Self(rawValue: "requires")

    /// Every field that can decide or contradict a verdict, in WIRE.md's order.
    public static let known: [Self] = [
        .toolClasses, .toolDispatcher, .agentSupervisor, .supervisorDispatcher, .websocketBridge,
        .agentWebsocketBridge, .bridgeSource, .toolClassesSource, .requires,
    ]
}

extension EvidenceField: CustomStringConvertible {
    /// The spelling on the wire.
    public var description: String { rawValue }
}
