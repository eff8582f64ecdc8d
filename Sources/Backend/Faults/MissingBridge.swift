import PatternDetection

extension Fault {
    /// Nobody made the bridge that carries events to WebSockets.
    static let missingBridge = Fault(
        "missing-bridge", "the bridge that the WebSocket path needs was never made"
    ).with {
        $0.changesPath = { state, path in
            if path == .websocket { state.bridge = .absent }
        }
    }
}
