import AsyncHTTPClient
import Backend
import ServiceLifecycle
import SyntheticUsers

/// Synthetic users against the server in the same process, over its sockets.
struct TrafficService: Service {
    let server: BackendServer
    let traffic: SyntheticTraffic
    /// Their bearer tokens by name; none where names are enough.
    let tokens: [String: String]

    func run() async throws {
        guard let port = await server.port() else { return }
        let users = SyntheticUsers(
            host: server.backend.configuration.host, port: port, traffic: traffic, client: .shared,
            tokens: tokens)
        await cancelWhenGracefulShutdown { await users.run() }
    }
}
