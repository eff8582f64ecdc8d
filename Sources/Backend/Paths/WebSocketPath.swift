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
    func serve(_ connection: WebSocketConnection, user: UserID) async {
        let id = UUIDv7.text(at: SystemClock.now())
        var conversation = WebSocketConversation(hub: hub, connection: connection, user: user, id: id)
        for await message in connection.messages {
            guard case .text(let text) = message else {
                connection.close(code: .unacceptable, reason: "text frames only")
                break
            }
            await conversation.take(Array(text.utf8))
        }
        await conversation.end()
    }
}

/// What one connection has opened.
struct WebSocketConversation {
    let hub: SessionHub
    let connection: WebSocketConnection
    let user: UserID
    let id: String
    private var forwards: [SessionID: Task<Void, Never>] = [:]

    init(hub: SessionHub, connection: WebSocketConnection, user: UserID, id: String) {
        self.hub = hub
        self.connection = connection
        self.user = user
        self.id = id
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
        case "session.open": return try await open(request.parameters.id("session"))
        case "session.resume":
            guard let session: SessionID = request.parameters.id("session") else {
                throw JSONRPCError(.invalidParameters, "session: its id is missing")
            }
            return try await resume(session, after: request.parameters.string("after"))
        case "run.start": return try await start(request.parameters)
        case "run.cancel":
            guard let run: RunID = request.parameters.id("run") else {
                throw JSONRPCError(.invalidParameters, "run: its id is missing")
            }
            do throws(SessionError) {
                try await hub.session(running: run, user: user).runs[run]?.cancel()
            } catch { throw error.rpcError }
            return [:]
        default: throw JSONRPCError(.methodNotFound, "there is no method \(request.method)")
        }
    }

    private mutating func open(_ wanted: SessionID?) async throws(JSONRPCError) -> JSONValue {
        do throws(SessionError) {
            let session = try await hub.open(
                wanted, user: user, on: .websocket, request: nil, connection: id)
            follow(session, after: nil)
            return ["session": .string(session.id.rawValue), "context": .string(session.context.id.rawValue)]
        } catch { throw error.rpcError }
    }

    private mutating func resume(_ id: SessionID, after: String?) async throws(JSONRPCError) -> JSONValue {
        let session: Session
        do throws(SessionError) { session = try await hub.find(id, user: user) } catch {
            throw error.rpcError
        }
        if case .gone(let lost) = session.log.tail(after: after) {
            throw JSONRPCError(.gone, "that point is not held any more; \(lost) events are gone")
        }
        follow(session, after: after)
        return ["session": .string(id.rawValue)]
    }

    private func start(_ parameters: JSONObject) async throws(JSONRPCError) -> JSONValue {
        let input: RunInput
        do throws(RunInputError) { input = try RunInput(parameters) } catch {
            throw JSONRPCError(.invalidParameters, error.description)
        }
        guard let session = parameters.id("session") ?? input.thread else {
            throw JSONRPCError(.invalidParameters, "session: its id is missing")
        }
        do throws(SessionError) {
            let (run, _) = try await hub.start(input.prompt, run: input.run, in: session, user: user)
            return ["run": .string(run.rawValue)]
        } catch { throw error.rpcError }
    }

    /// Sends the session's events down this connection, those behind `after` first.
    private mutating func follow(_ session: Session, after: String?) {
        guard forwards[session.id] == nil else { return }
        let (tail, live) = session.log.follow(after: after)
        let connection = connection
        forwards[session.id] = Task {
            if case .events(let events) = tail {
                for event in events { try? connection.send(event.text) }
            }
            for await event in live { try? connection.send(event.text) }
        }
    }

    /// Ends the sessions that this connection opened.
    func end() async {
        for (session, forward) in forwards {
            forward.cancel()
            await hub.end(session, reason: "connection closed")
        }
    }
}
