import ContextMonitor
import ServiceLifecycle
import WireProtocol

/// What the backend checks of itself for `/health`, in the background.
struct BackendChecks: Service {
    let monitor: ContextMonitor

    /// Runs the checks until the server stops.
    func run() async throws {
        await cancelWhenGracefulShutdown { await monitor.watch([Self.toolThreads]) }
    }

    /// Whether tools can be called: a thread of theirs takes work, unless hanging tools hold them all.
    static let toolThreads = HealthCheck("tools:threads") {
        let began = ContinuousClock.now
        await Task(executorPreference: ToolExecutor.shared) {}.value
        var check = CheckRecord(name: "tools:threads", status: .pass)
        check.observedValue = "free after \((ContinuousClock.now - began).wholeMilliseconds) ms"
        return check
    }
}
