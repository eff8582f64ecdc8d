import ContextMonitor
import HummingbirdCore
import NIOHTTP1
import ServiceLifecycle
import WebSocketTransport
import WireProtocol

extension BackendServer {
    /// HTTP and the WebSocket routes on one port.
    func webSocketServer() -> HTTPServerBuilder {
        let routes = WebSocketRoutes(
            hub: backend.hub, users: backend.configuration.users,
            gate: CallerGate(wrongTokens: backend.monitor.wrongTokens),
            offersEcho: backend.configuration.offersEcho,
            drainLimit: backend.configuration.drainLimit)
        return HTTPServerBuilder { [connections, times = backend.configuration.connectionTimes] responder in
            WebSocketChildChannel(
                responder: responder, openWebSockets: routes.open, connections: connections, times: times,
                decide: { routes.route($0, peer: $1) })
        }
    }
}

/// Which requests may become WebSockets, and what they become.
struct WebSocketRoutes: Sendable {
    let hub: SessionHub
    let users: UserAccess
    let gate: CallerGate
    let offersEcho: Bool
    let drainLimit: Duration
    let open = OpenWebSockets()
    /// How much may wait for a slow client: 4 MiB, so that a resume of 2,000 events is no overflow.
    private static let maximumQueuedBytes = 4 << 20
    /// `/v1/echo` takes what the Autobahn suite's cases 9.1.6 and 9.2.6 send, a message of 16 MiB, and gives it back.
    private static let echoLimits = WebSocketConfiguration(
        maximumMessageBytes: 16 << 20, maximumQueuedBytes: 17 << 20)

    /// The route of an upgrade, or nil when the router must answer: another path, or a caller that the gate refuses.
    func route(_ head: HTTPRequestHead, peer: String?) -> WebSocketRoute? {
        let caller = RequestCaller(head, peer: peer)
        switch head.uri.prefix(while: { $0 != "?" }) {
        case "/v1/ws":
            let named = head.headers.first(name: UserAccess.headerName)
            guard let credentials = try? users.credentials(named: named),
                let user = try? gate.identity(of: caller, by: credentials, counts: false)
            else { return nil }
            return WebSocketRoute(
                subprotocols: [WebSocketPath.subprotocol],
                configuration: WebSocketConfiguration(
                    maximumQueuedBytes: Self.maximumQueuedBytes, closesWhenServerDrains: false)
            ) { connection, head in
                let traceparent = head.headers.first(name: TraceContext.headerName)
                await untilStop {
                    await WebSocketPath(hub: hub).serve(connection, user: user, traceparent: traceparent)
                }
            }
        case "/v1/echo" where offersEcho:
            guard isPermittedToEcho(caller) else { return nil }
            return WebSocketRoute(configuration: Self.echoLimits) { connection, _ in
                await untilStop { await Self.echo(connection) }
            }
        default: return nil
        }
    }

    /// Whether the caller may open the echo: no token is needed, but no page of another origin may.
    private func isPermittedToEcho(_ caller: RequestCaller) -> Bool {
        switch users {
        case .insecureLoopback: caller.refusalWithoutTokens() == nil
        case .tokens: caller.refusalWithTokens() == nil
        }
    }

    /// Runs `body`; when the server stops meanwhile, running runs end first and the connection closes with 1001.
    private func untilStop(_ body: @Sendable () async -> Void) async {
        await withGracefulShutdownHandler {
            await body()
        } onGracefulShutdown: {
            Task {
                await hub.drain(limit: drainLimit)
                open.closeAll(code: .goingAway, reason: "server stops")
            }
        }
    }

    private static func echo(_ connection: WebSocketConnection) async {
        for await message in connection.messages {
            do { try connection.send(message) } catch { return }
        }
    }
}

extension RequestCaller {
    /// Reads the head of a request that asks for a WebSocket.
    fileprivate init(_ head: HTTPRequestHead, peer: String?) {
        self.init()
        self.peer = peer
        authority = head.headers.first(name: "host")
        // Several of a field that may come once make a text that is none of the permitted ones.
        let text = { (name: String) -> String? in
            let values = head.headers[name]
            return values.isEmpty ? nil : values.joined(separator: ", ")
        }
        origin = text("origin")
        fetchSite = text("sec-fetch-site")
        authorization = text("authorization")
    }
}
