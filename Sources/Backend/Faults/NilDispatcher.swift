import PatternDetection

extension Fault {
    /// The seed's incident: the global dispatcher is nil and the WebSocket path's own code insists on it.
    static let nilDispatcher = Fault(
        "nil-dispatcher", "start-up leaves tool_dispatcher nil, and the WebSocket path still requires it"
    ).with {
        $0.changesPath = { state, path in
            guard path == .websocket else { return }
            state.toolDispatcher = .nil
            state.insistsOnDispatcher = true
        }
    }
}
