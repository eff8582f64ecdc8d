import Synchronization

/// The WebSockets a server holds open, so that it can count them and close them all.
public final class OpenWebSockets: Sendable {
    /// What all connections share under the lock.
    private struct State {
        var connections: [ObjectIdentifier: WebSocketConnection] = [:]
        var overflows = 0
    }

    private let state = Mutex(State())

    /// Holds none yet.
    public init() {}

    /// How many are open or closing.
    public var count: Int { state.withLock { $0.connections.count } }

    /// How many were ended because their peer did not read, since the start.
    public var overflowCount: Int { state.withLock { $0.overflows } }

    /// Starts to close every one that is open now; returns at once.
    public func closeAll(code: WebSocketCloseCode, reason: String) {
        let open = state.withLock { Array($0.connections.values) }
        for connection in open { connection.close(code: code, reason: reason) }
    }

    /// Holds `connection` until it has ended, and returns then, with how it ended.
    ///
    /// - Parameter body: What is done with it; the connection is closed with 1000
    ///   when this returns, with 1001 when the task was cancelled.
    public func hold(
        _ connection: WebSocketConnection, while body: (WebSocketConnection) async -> Void
    ) async -> WebSocketClosure {
        let id = ObjectIdentifier(connection)
        state.withLock { $0.connections[id] = connection }
        await body(connection)
        connection.close(code: Task.isCancelled ? .goingAway : .normal)
        let closure = await connection.closed
        state.withLock { state in
            state.connections[id] = nil
            if case .overflow = closure.cause { state.overflows += 1 }
        }
        return closure
    }
}
