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
            offersEcho: backend.configuration.offersEcho,
            drainLimit: backend.configuration.drainLimit)
        return HTTPServerBuilder { responder in
            WebSocketChildChannel(
                responder: responder, openWebSockets: routes.open, decide: { routes.route($0) })
        }
    }
}

/// Which requests may become WebSockets, and what they become.
struct WebSocketRoutes: Sendable {
    let hub: SessionHub
    let users: UserAccess
    let offersEcho: Bool
    let drainLimit: Duration
    let open = OpenWebSockets()
    /// How much may wait for a slow client: 4 MiB, so that a resume of 2,000 events is no overflow.
    private static let maximumQueuedBytes = 4 << 20
    /// `/v1/echo` takes what the Autobahn suite's cases 9.1.6 and 9.2.6 send, a message of 16 MiB, and gives it back.
    private static let echoLimits = WebSocketConfiguration(
        maximumMessageBytes: 16 << 20, maximumQueuedBytes: 17 << 20)

    /// The route of an upgrade, or nil when the router must answer: another path, or no known user.
    func route(_ head: HTTPRequestHead) -> WebSocketRoute? {
        switch head.uri.prefix(while: { $0 != "?" }) {
        case "/v1/ws":
            let authorization = head.headers.first(name: "authorization")
            let named = head.headers.first(name: UserAccess.headerName)
            guard let user = users.user(authorization: authorization, named: named) else { return nil }
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
            return WebSocketRoute(configuration: Self.echoLimits) { connection, _ in
                await untilStop { await Self.echo(connection) }
            }
        default: return nil
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
