import PatternDetection

/// What start-up put into one place of the application: nothing, nil on purpose, or a value.
enum Slot<Value: Sendable>: Sendable {
    case absent, `nil`
    case present(Value)

    /// The value, where there is one.
    var value: Value? { if case .present(let value) = self { value } else { nil } }

    /// What an observer sees of it.
    var slotState: SlotState {
        switch self {
        case .absent: .absent
        case .nil: .nil
        case .present: .present
        }
    }
}

/// What start-up left for one consumer path, and what that path's own code insists on.
struct PathState: Sendable {
    /// The classes a factory makes each user's tools from.
    var toolClasses: Slot<[any Tool.Type]>
    /// The global dispatcher of the singleton pattern.
    var toolDispatcher: Slot<ToolBench>
    /// The bridge that carries events to WebSockets; nil where the path needs none.
    var bridge: Slot<Void>?
    /// Whether the path's initialiser still insists on the global dispatcher.
    var insistsOnDispatcher = false

    /// The rows that describe this state, as an observer gets them.
    func evidence(of path: ConsumerPath) -> [Evidence] {
        let classes: ToolClasses =
            switch toolClasses {
            case .absent, .nil: .absent
            case .present(let list): list.isEmpty ? .empty : .count(list.count)
            }
        var rows = [
            Evidence(.toolClasses, classes.value, source: "start-up"),
            Evidence(.toolDispatcher, toolDispatcher.slotState.rawValue, source: "start-up"),
        ]
        if let bridge {
            rows.append(Evidence(.websocketBridge, bridge.slotState.rawValue, source: "start-up"))
        }
        if insistsOnDispatcher {
            rows.append(Evidence(.requires, "tool_dispatcher", source: "\(path) initialiser"))
        }
        return rows
    }
}

/// The patterns that start-up can set for a path; `--pattern` takes the first five.
public enum StartupPattern: String, Sendable, CaseIterable {
    case factory, singleton, mixed, hollow, unconfigured
    /// The bridge that the WebSocket path needs was never made; the other paths are on the factory.
    case noBridge
    /// Start-up is on the factory pattern and the path's initialiser still wants the singleton: the seed's incident.
    case unmigrated

    /// The patterns that `--pattern` takes.
    public static let selectable: [Self] = [.factory, .singleton, .mixed, .hollow, .unconfigured]

    /// What start-up does for a path on this pattern.
    func state(
        of path: ConsumerPath, classes: [any Tool.Type], singleton: ToolBench
    ) -> PathState {
        var state = PathState(toolClasses: .present(classes), toolDispatcher: .nil)
        if path == .websocket { state.bridge = self == .noBridge ? .absent : .present(()) }
        switch self {
        case .factory, .noBridge: break
        case .singleton:
            state.toolClasses = .absent
            state.toolDispatcher = .present(singleton)
        case .mixed: state.toolDispatcher = .present(singleton)
        case .hollow: state.toolClasses = .present([])
        case .unconfigured:
            state.toolClasses = .absent
            state.toolDispatcher = .absent
        case .unmigrated: state.insistsOnDispatcher = true
        }
        return state
    }
}
