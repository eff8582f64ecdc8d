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
    private let faults: ActiveFaults
    private let logger: Logger
    private let states: ApplicationStates
    private let singleton: ToolBench
    private let background: BackgroundPath
    let readiness: ReadinessProbe

    /// Starts up: sets each path's state, declares it, and tells the monitor every phase.
    public init(_ configuration: BackendConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        faults = ActiveFaults(configuration.faults)
        let clock = ContinuousClock()
        let began = clock.now
        let bootID = String(UUIDv7.text(at: SystemClock.now()).suffix(12))
        let monitorConfiguration = {
            var monitor = MonitorConfiguration(
                name: configuration.name, version: configuration.version, instance: "web-1", bootID: bootID)
            monitor.exposesPayloads = configuration.exposesPayloads
            monitor.ringMaximumBytes = configuration.ringMaximumBytes
            return monitor
        }()
        let wrongTokens = WrongTokenLimit { logger.warning("\($0)") }
        monitor = ContextMonitor(monitorConfiguration, now: SystemClock.now, wrongTokens: wrongTokens)
        let registry = DispatcherRegistry(monitor: monitor, now: SystemClock.now)
        singleton = DispatcherFactory.singleton(classes: configuration.toolClasses ?? ToolCatalogue.all)
        monitor.startupPhase("tools", status: "ok", took: clock.now - began)
        let classes = configuration.toolClasses ?? ToolCatalogue.all
        var initial: [ConsumerPath: PathState] = [:]
        for path in ConsumerPath.all {
            monitor.declare(path, expected: configuration.expected[path] ?? .factory)
            initial[path] = configuration.patterns[path].state(
                of: path, classes: classes, singleton: singleton)
        }
        states = ApplicationStates(initial, monitor: monitor, faults: faults)
        monitor.startupPhase("consumer paths", status: "ok", took: clock.now - began)
        let factory = DispatcherFactory(
            monitor: monitor, registry: registry, logger: logger, now: SystemClock.now,
            allowsLegacyFallback: configuration.allowsLegacyFallback,
            permissions: configuration.permissions, faults: faults)
        hub = SessionHub(
            monitor: monitor, factory: factory, states: states,
            agent: ScriptedAgent(pace: configuration.pace, seed: configuration.seed),
            faults: faults, graceTime: configuration.resumeGrace, contextLimit: configuration.contextLimit,
            limits: configuration.userLimits, now: SystemClock.now)
        background = BackgroundPath(hub: hub)
        readiness = ReadinessProbe(
            monitor: monitor, states: states, faults: faults,
            allowsLegacyFallback: configuration.allowsLegacyFallback)
        monitor.startupPhase("agents", status: "ok", took: clock.now - began)
    }

    /// Replaces one path's initialiser, as a deploy would: runs started from now on get the new pattern.
    public func migrate(_ path: ConsumerPath, to pattern: StartupPattern) async {
        await migrate([path: pattern])
    }

    /// Replaces the initialisers of several paths at once; runs under way finish on what they started with.
    func migrate(_ patterns: [ConsumerPath: StartupPattern]) async {
        states.replace(states(for: patterns))
        await hub.renew(Set(patterns.keys))
    }

    /// Tries out what ``migrate(_:)`` would do.
    func rehearse(_ patterns: [ConsumerPath: StartupPattern]) async -> Rehearsal {
        await Rehearsal.run(states(for: patterns), with: hub.factory, at: SystemClock.now())
    }

    private func states(for patterns: [ConsumerPath: StartupPattern]) -> [ConsumerPath: PathState] {
        let classes = configuration.toolClasses ?? ToolCatalogue.all
        return Dictionary(
            uniqueKeysWithValues: patterns.map { path, pattern in
                (path, pattern.state(of: path, classes: classes, singleton: singleton))
            })
    }

    /// Leaves the audit line of something that an operator did, or was refused.
    func audit(_ name: String, _ deed: String) { logger.notice("\(name) \(deed)") }

    /// The faults that are on.
    public var activeFaults: [FaultSetting] { faults.all }

    /// Switches a fault on or off, as the faults route does.
    ///
    /// - Parameter name: Who did it, for the log.
    public func setFault(_ setting: FaultSetting, isOn: Bool, by name: String) {
        logger.notice("\(name) switched the fault \(setting) \(isOn ? "on" : "off")")
        faults.set(setting, isOn: isOn)
        if setting.fault.changesPath != nil { states.faultsChanged() }
    }

    func router() -> Router<BackendContext> {
        let router = Router(context: BackendContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: RequestGate())
        addRoutes(to: router)
        return router
    }

    /// Adds every route; ``APIOperation/all`` describes them.
    func addRoutes(to router: some RouterMethods<BackendContext>) {
        let version = configuration.version
        router.get("/openapi.json") { _, _ in Response(json: OpenAPIDocument.json(version: version)) }
        let monitored = router.group().add(
            middleware: FaultyHealth(faults: faults, monitor: monitor.configuration))
        monitor.addRoutes(to: monitored, access: configuration.operators)
        OperatorActions(backend: self).addRoutes(to: router)
        let users = router.group().add(
            middleware: UserGate(
                access: configuration.users, gate: CallerGate(wrongTokens: monitor.wrongTokens)))
        HTTPPath(hub: hub).addRoutes(to: users)
        background.addRoutes(to: users)
        SessionRoutes(hub: hub, monitor: monitor).addRoutes(to: users)
        users.get("/v1/ws") { _, _ -> Response in
            // Reached without an upgrade; one without a known user has ended at the gate with 401.
            throw Problem(
                .upgradeRequired, "this route speaks WebSocket, subprotocol \(WebSocketPath.subprotocol)",
                headers: [.upgrade: "websocket"])
        }
    }
}
