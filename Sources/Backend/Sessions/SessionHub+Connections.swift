import PatternDetection
import WireProtocol

/// Which WebSocket connection holds a session, and what becomes of it when that one is lost.
extension SessionHub {
    /// Makes a connection the holder of a session, in the place of whichever was.
    func attach(_ key: Owned<SessionID>, to connection: String) {
        sessions[key]?.grace?.cancel()
        sessions[key]?.grace = nil
        sessions[key]?.connection = connection
    }

    /// The user's own WebSocket session, held by that connection from now on.
    func resume(_ id: SessionID, user: UserID, connection: String) throws(SessionError) -> Session {
        let session = try find(id, user: user, on: .websocket)
        attach(session.key, to: connection)
        return session
    }

    /// A connection is gone: its session ends now, or when nobody has resumed it for the grace time.
    ///
    /// Nothing happens to a session that another connection holds by now.
    func release(_ key: Owned<SessionID>, from connection: String, isFinal: Bool) async {
        guard sessions[key]?.connection == connection else { return }
        if isFinal || graceTime <= .zero { return await end(key, reason: "connection closed") }
        sessions[key]?.connection = nil
        sessions[key]?.grace = Task { [weak self, graceTime] in
            try await Task.sleep(for: graceTime)
            await self?.expire(key)
        }
    }

    private func expire(_ key: Owned<SessionID>) async {
        // Resumed in the same moment: this grace's task was cancelled too late to stop the call.
        guard !Task.isCancelled, sessions[key]?.connection == nil else { return }
        await end(key, reason: "connection lost for \(graceTime.components.seconds) s")
    }
}
