import ContextMonitor
import PatternDetection
import WebSocketTransport
import WireProtocol

/// The WebSocket path: AG-UI events down, JSON-RPC 2.0 up, any number of sessions on a connection.
struct WebSocketPath: Sendable {
    /// The subprotocol both sides must agree on.
    static let subprotocol = "ag-ui.v1.json"

    let hub: SessionHub

    /// Serves one connection of one user until either side closes it.
    ///
    /// - Parameter traceparent: The caller's trace, from the request that became the connection.
    func serve(_ connection: WebSocketConnection, user: UserID, traceparent: String?) async {
        do throws(SessionError) { try await hub.connect(user) } catch {
            connection.close(code: .limitReached, reason: error.rpcError.message)
            _ = await connection.closed
            return
        }
        let id = UUIDv7.text(at: SystemClock.now())
        var conversation = WebSocketConversation(
            hub: hub, connection: connection, user: user, id: id, traceparent: traceparent)
        for await message in connection.messages {
            guard case .text(let text) = message else {
                connection.close(code: .unacceptable, reason: "text frames only")
                break
            }
            let request = Array(text.utf8)
            // A task keeps the stack of its deepest call until it ends, and this one lives as long as its
            // connection: opening a session in it would cost every idle connection that stack.
            conversation = await Task { [conversation] in
                var next = conversation
                await next.take(request)
                return next
            }.value
        }
        // A cancelled task reads no more, and the wait for the end of the connection does not see that.
        if Task.isCancelled { connection.close(code: .goingAway, reason: "server stops") }
        await conversation.end(await connection.closed)
        await hub.disconnect(user)
    }
}

extension WebSocketCloseCode {
    /// 4429: the user has as many connections as one user may.
    static let limitReached = WebSocketCloseCode(4429) ?? .policyViolation
}

/// What one connection has opened.
struct WebSocketConversation {
    let hub: SessionHub
    let connection: WebSocketConnection
    let user: UserID
    let id: String
    let traceparent: String?
    private var forwards: [SessionID: WebSocketForward] = [:]
    /// The sessions it opened or resumed, those without a dispatcher too; the hub knows which it holds.
    private(set) var wanted: Set<SessionID> = []

    init(
        hub: SessionHub, connection: WebSocketConnection, user: UserID, id: String, traceparent: String?
    ) {
        self.hub = hub
        self.connection = connection
        self.user = user
        self.id = id
        self.traceparent = traceparent
    }

    /// Carries out one request and answers it.
    mutating func take(_ text: [UInt8]) async {
        var id: JSONValue?
        do throws(JSONRPCError) {
            let request = try JSONRPCRequest(text)
            id = request.id
            let result = try await perform(request)
            if request.id != nil { send(request.answer(result)) }
        } catch {
            var error = error
            error.id = error.id ?? id
            send(error.json)
        }
    }

    private func send(_ json: JSONValue) {
        // A connection that cannot take more is closed by the transport, which ends the message loop.
        try? connection.send(json.text)
    }

    private mutating func perform(_ request: JSONRPCRequest) async throws(JSONRPCError) -> JSONValue {
        switch request.method {
        case "ping": return [:]
        case "session.open": return try await open(try request.identifier("session"))
        case "session.resume":
            guard let session: SessionID = try request.identifier("session") else {
                throw JSONRPCError(.invalidParameters, "session: its id is missing")
            }
            return try await resume(session, after: request.parameters.string("after"))
        case "run.start": return try await start(request)
        case "run.cancel":
            guard let run: RunID = try request.identifier("run") else {
                throw JSONRPCError(.invalidParameters, "run: its id is missing")
            }
            do throws(SessionError) {
                try await hub.session(running: run, user: user).runs[run]?.cancel()
            } catch { throw error.rpcError }
            return [:]
        default: throw JSONRPCError(.methodNotFound, "there is no method \(request.method.prefix(100))")
        }
    }

    private mutating func open(_ id: SessionID?) async throws(JSONRPCError) -> JSONValue {
        let id = id ?? SessionID(rawValue: UUIDv7.text(at: SystemClock.now()))
        do throws(SessionError) {
            let session = try await hub.open(
                id, user: user, on: .websocket, request: nil, connection: self.id)
            wanted.insert(id)
            if forwards[session.id] == nil {
                let reader = SessionEventReader(session.log, after: session.log.floor)
                forwards[session.id] = WebSocketForward(reader, to: connection)
            }
            return ["session": .string(session.id.rawValue), "context": .string(session.context.id.rawValue)]
        } catch {
            // The session is there although it has no dispatcher: it ends with this connection, too.
            if case .creation = error { wanted.insert(id) }
            throw error.rpcError
        }
    }

    private mutating func resume(_ id: SessionID, after: String?) async throws(JSONRPCError) -> JSONValue {
        let session: Session
        do throws(SessionError) {
            session = try await hub.resume(id, user: user, connection: self.id)
        } catch { throw error.rpcError }
        wanted.insert(id)
        var start = session.log.floor
        if let after, !after.isEmpty {
            guard let position = session.log.position(of: after) else {
                throw JSONRPCError(.gone, "that point is not held any more; \(start) events are gone")
            }
            start = position
        }
        forwards[id]?.stop()
        forwards[id] = WebSocketForward(
            SessionEventReader(session.log, after: start, id: after), to: connection)
        return ["session": .string(id.rawValue)]
    }

    private func start(_ request: JSONRPCRequest) async throws(JSONRPCError) -> JSONValue {
        let parameters = request.parameters
        var input: RunInput
        do throws(RunInputError) { input = try RunInput(parameters) } catch {
            throw JSONRPCError(.invalidParameters, error.description)
        }
        var random = SystemRandomNumberGenerator()
        input.trace = TraceContext(
            continuing: parameters.string(TraceContext.headerName) ?? traceparent, using: &random)
        guard let session = try request.identifier("session") ?? input.thread else {
            throw JSONRPCError(.invalidParameters, "session: its id is missing")
        }
        do throws(SessionError) {
            let (run, _) = try await hub.start(input, in: session, user: user, on: .websocket)
            return [
                "run": .string(run.rawValue),
                "queued": .bool(await hub.isQueued(run, in: Owned(session, of: user))),
            ]
        } catch { throw error.rpcError }
    }

    /// Lets go of the sessions that this connection opened or resumed; they end at once if the user closed it.
    func end(_ closure: WebSocketClosure) async {
        // A close frame without a code is what a browser's close() sends.
        let isMeant = closure.cause == .closedByPeer && [.normal, .noStatus].contains(closure.code)
        for forward in forwards.values { forward.stop() }
        for session in wanted { await hub.release(Owned(session, of: user), from: id, isFinal: isMeant) }
    }
}
