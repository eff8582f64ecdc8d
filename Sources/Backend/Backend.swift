public import ContextMonitor
import Hummingbird
public import Logging
public import PatternDetection
import WireProtocol

/// A backend that runs agents for many users over three consumer paths.
///
/// This type joins the parts; ``BackendServer`` puts it on a socket.
public final class Backend: Sendable {
    /// How it was started.
    public let configuration: BackendConfiguration
    /// What makes it visible.
    public let monitor: ContextMonitor
    let hub: SessionHub
    private let states: ApplicationStates
    private let singleton: ToolDispatcher
    private let background: BackgroundPath

    /// Starts up: sets each path's state, declares it, and tells the monitor every phase.
    public init(_ configuration: BackendConfiguration, logger: Logger) {
        self.configuration = configuration
        let clock = ContinuousClock()
        let began = clock.now
        let bootID = String(UUIDv7.text(at: SystemClock.now()).suffix(12))
        let monitorConfiguration = {
            var monitor = MonitorConfiguration(
                name: configuration.name, version: configuration.version, instance: "web-1", bootID: bootID)
            monitor.exposesPayloads = configuration.exposesPayloads
            return monitor
        }()
        monitor = ContextMonitor(monitorConfiguration, now: SystemClock.now)
        let registry = DispatcherRegistry(monitor: monitor, now: SystemClock.now)
        singleton = DispatcherFactory.singleton(registry: registry)
        monitor.startupPhase("tools", status: "ok", took: clock.now - began)
        let classes = configuration.toolClasses ?? ToolCatalogue.all
        var initial: [ConsumerPath: PathState] = [:]
        for path in ConsumerPath.all {
            monitor.declare(path, expected: configuration.expected[path] ?? .factory)
            initial[path] = configuration.patterns[path].state(
                of: path, classes: classes, singleton: singleton)
        }
        states = ApplicationStates(initial, monitor: monitor)
        monitor.startupPhase("consumer paths", status: "ok", took: clock.now - began)
        let factory = DispatcherFactory(
            monitor: monitor, registry: registry, logger: logger, now: SystemClock.now,
            allowsLegacyFallback: configuration.allowsLegacyFallback)
        hub = SessionHub(
            monitor: monitor, factory: factory, states: states,
            agent: ScriptedAgent(pace: configuration.pace, seed: configuration.seed),
            graceTime: configuration.resumeGrace, now: SystemClock.now)
        background = BackgroundPath(hub: hub)
        monitor.startupPhase("agents", status: "ok", took: clock.now - began)
    }

    /// Replaces one path's initialiser, as a deploy would: sessions opened from now on get the new pattern.
    public func migrate(_ path: ConsumerPath, to pattern: StartupPattern) {
        let classes = configuration.toolClasses ?? ToolCatalogue.all
        states.replace(path, with: pattern.state(of: path, classes: classes, singleton: singleton))
    }

    func router() -> Router<BackendContext> {
        let router = Router(context: BackendContext.self)
        monitor.addRoutes(to: router, access: configuration.operators)
        let users = router.group().add(middleware: UserGate(access: configuration.users))
        HTTPPath(hub: hub).addRoutes(to: users)
        background.addRoutes(to: users)
        SessionRoutes(hub: hub, monitor: monitor).addRoutes(to: users)
        users.get("/v1/ws") { _, _ -> Response in
            // Reached without an upgrade; one without a known user has ended at the gate with 401.
            throw Problem(
                .upgradeRequired, "this route speaks WebSocket, subprotocol \(WebSocketPath.subprotocol)",
                headers: [.upgrade: "websocket"])
        }
        return router
    }
}
