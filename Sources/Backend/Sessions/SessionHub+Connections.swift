import PatternDetection
import WireProtocol

/// Which WebSocket connection holds a session, and what becomes of it when that one is lost.
extension SessionHub {
    /// Makes a connection the holder of a session, in the place of whichever was.
    func attach(_ id: SessionID, to connection: String) {
        sessions[id]?.grace?.cancel()
        sessions[id]?.grace = nil
        sessions[id]?.connection = connection
    }

    /// The user's own WebSocket session, held by that connection from now on.
    func resume(_ id: SessionID, user: UserID, connection: String) throws(SessionError) -> Session {
        let session = try find(id, user: user, on: .websocket)
        attach(id, to: connection)
        return session
    }

    /// A connection is gone: its session ends now, or when nobody has resumed it for the grace time.
    ///
    /// Nothing happens to a session that another connection holds by now.
    func release(_ id: SessionID, from connection: String, isFinal: Bool) async {
        guard sessions[id]?.connection == connection else { return }
        if isFinal || graceTime <= .zero { return await end(id, reason: "connection closed") }
        sessions[id]?.connection = nil
        sessions[id]?.grace = Task { [weak self, graceTime] in
            try await Task.sleep(for: graceTime)
            await self?.expire(id)
        }
    }

    private func expire(_ id: SessionID) async {
        // Resumed in the same moment: this grace's task was cancelled too late to stop the call.
        guard !Task.isCancelled, sessions[id]?.connection == nil else { return }
        await end(id, reason: "connection lost for \(graceTime.components.seconds) s")
    }
}
