import ContextMonitor
import Logging
import PatternDetection
import ServiceLifecycle
import WireProtocol

/// Makes and disposes a dispatcher on every path, again and again, so that `/readyz` knows that it can be done.
///
/// It works in the background, each try with a timeout. A try has a registry of
/// its own, so that what it makes is in no operator's list.
actor ReadinessProbe {
    /// How often every path is tried: 5 s.
    static let interval = Duration.seconds(5)
    /// How long a try may take: 2 s.
    static let timeout = Duration.seconds(2)
    /// How long a result is believed: four tries.
    static let validFor = Duration.seconds(20)

    private let monitor: ContextMonitor
    private let states: ApplicationStates
    private let faults: ActiveFaults
    private let allowsLegacyFallback: Bool
    private let timeout: Duration
    /// The paths on which an earlier try has not come back.
    private var hanging: Set<ConsumerPath> = []

    init(
        monitor: ContextMonitor, states: ApplicationStates, faults: ActiveFaults, allowsLegacyFallback: Bool,
        timeout: Duration = ReadinessProbe.timeout
    ) {
        self.monitor = monitor
        self.states = states
        self.faults = faults
        self.allowsLegacyFallback = allowsLegacyFallback
        self.timeout = timeout
    }

    /// Tries every path once and tells the monitor.
    func probeAll() async {
        await withTaskGroup(of: Void.self) { group in
            for path in ConsumerPath.all { group.addTask { await self.probe(path) } }
        }
    }

    private func probe(_ path: ConsumerPath) async {
        var check = CheckRecord(name: "dispatcher:\(path)", status: .fail)
        guard !hanging.contains(path) else {
            check.output = "an earlier try to make a dispatcher has not come back"
            return monitor.setReadiness(check, validFor: Self.validFor)
        }
        hanging.insert(path)
        let state = states.state(of: path)
        let factory = DispatcherFactory.unseen(faults: faults)
        let began = ContinuousClock.now
        let result = await LimitedCall.run(within: timeout) {
            let error = await factory.rehearse(path, in: state, at: SystemClock.now())
            await self.cameBack(path)
            return error.map { .failure(.failed($0)) } ?? .success("")
        } cameTooLate: {
        }
        switch result {
        case .success:
            check.status = .pass
            let took = (ContinuousClock.now - began).wholeMilliseconds
            check.observedValue = "made and disposed in \(took) ms"
        case .failure(.timedOut):
            check.output = "no dispatcher after \(timeout / .seconds(1)) s"
        case .failure(let error):
            check.output = error.description
            if allowsLegacyFallback, state.toolDispatcher.value != nil {
                check.status = .pass
                check.observedValue = "falls back to the legacy dispatcher: \(error)"
            }
        }
        monitor.setReadiness(check, validFor: Self.validFor)
    }

    private func cameBack(_ path: ConsumerPath) { hanging.remove(path) }
}

extension ReadinessProbe: Service {
    /// Probes until the server stops.
    nonisolated func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.probeAll()
                try? await Task.sleep(for: Self.interval)
            }
        }
    }
}

extension DispatcherFactory {
    /// A factory that makes what the real one makes, and tells nobody.
    static func unseen(faults: ActiveFaults) -> DispatcherFactory {
        let monitor = ContextMonitor(
            MonitorConfiguration(name: "probe", version: "", instance: "", bootID: ""), now: SystemClock.now)
        return DispatcherFactory(
            monitor: monitor, registry: DispatcherRegistry(monitor: monitor, now: SystemClock.now),
            logger: Logger(label: "probe", factory: { _ in SwiftLogNoOpLogHandler() }),
            now: SystemClock.now, allowsLegacyFallback: false, faults: faults)
    }
}
