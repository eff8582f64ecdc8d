/// What the owner of a ``WebSocketHandler`` is told, on the connection's event loop.
public struct WebSocketCallbacks {
    /// Whether the owner can take another message now.
    public enum Demand: Sendable, Equatable {
        /// Go on reading.
        case more
        /// Read nothing until ``WebSocketHandler/resume()``.
        case pause
    }

    /// A whole message arrived.
    public var onMessage: (WebSocketMessage) -> Demand
    /// The connection ended; called exactly once, and nothing after it.
    public var onClose: (WebSocketClosure) -> Void

    /// The two callbacks.
    public init(
        onMessage: @escaping (WebSocketMessage) -> Demand, onClose: @escaping (WebSocketClosure) -> Void
    ) {
        self.onMessage = onMessage
        self.onClose = onClose
    }
}
