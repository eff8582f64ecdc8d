import PatternDetection
import ContextMonitor
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle
import Synchronization
import WireProtocol

/// A backend on a socket: HTTP and WebSocket on the same port, drained on a graceful stop.
public final class BackendServer: Service {
    /// The backend it serves.
    public let backend: Backend
    private let logger: Logger
    private let boundPort = BoundPort()
    /// Its open connections.
    let connections: ConnectionTable

    /// Starts the backend up; nothing listens until ``run()``.
    public init(_ configuration: BackendConfiguration, logger: Logger) {
        backend = Backend(configuration, logger: logger)
        self.logger = logger
        connections = ConnectionTable(configuration.connectionLimits) { logger.warning("\($0)") }
    }

    /// Waits until the socket listens, and gives its port; nil when it never will.
    public func port() async -> Int? { await boundPort.value }

    /// Listens until a graceful stop: no new work, running runs end, WebSockets close with 1001.
    ///
    /// - Throws: ``ListenError`` when the address cannot be had, for instance because it is in use.
    public func run() async throws {
        defer { boundPort.set(nil) }
        let configuration = backend.configuration
        let application = Application(
            router: backend.router(), server: webSocketServer(),
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port), serverName: nil,
                backlog: 4096),
            services: [
                backend.readiness, BackendChecks(monitor: backend.monitor),
                SessionSweeper(
                    hub: backend.hub, connections: connections, drainLimit: configuration.drainLimit,
                    dispatcherIdleLimit: configuration.dispatcherIdleLimit),
            ],
            onServerRunning: { [boundPort, backend, logger] channel in
                let pause = channel.eventLoop.submit {
                    let handler = AcceptPause { logger.warning("\($0)") }
                    try channel.pipeline.syncOperations.addHandler(handler, position: .first)
                }
                try? await pause.get()
                await backend.readiness.probeAll()
                await backend.hub.showUsage()
                backend.monitor.startupFinished()
                boundPort.set(channel.localAddress?.port)
            }, logger: logger)
        do { try await application.run() } catch {
            if boundPort.isKnown { throw error }
            throw ListenError(host: configuration.host, port: configuration.port, cause: error)
        }
    }
}

/// Ends HTTP sessions that nobody uses, and drains everything when the server stops.
struct SessionSweeper: Service {
    let hub: SessionHub
    let connections: ConnectionTable
    let drainLimit: Duration
    let dispatcherIdleLimit: Duration

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(15))
                await hub.sweep(.http, idleFor: HTTPPath.idleLimit)
                await hub.expireDispatchers(idleFor: dispatcherIdleLimit)
                await hub.endOverdue()
                await hub.sweepOrphans()
                await hub.showUsage()
                hub.monitor.setLimit("connections", limit: connections.limits.all, used: connections.count)
            }
        }
        await hub.drain(limit: drainLimit)
    }
}
