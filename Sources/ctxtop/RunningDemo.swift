import ArgumentParser
import AsyncHTTPClient
import Backend
import ConsoleApp
import Logging
import ServiceLifecycle
import SyntheticUsers

/// A backend that plays a scenario in this process, with users at work, for as long as a body runs.
struct RunningDemo {
    let scenario: Scenario
    let configuration: BackendConfiguration
    let traffic: SyntheticTraffic
    let timing: ScenarioTiming

    init(_ scenario: Scenario, port: Int, traffic: SyntheticTraffic, timing: ScenarioTiming) {
        self.scenario = scenario
        self.traffic = traffic
        self.timing = timing
        var configuration = BackendConfiguration()
        configuration.name = "demo-" + scenario.name
        configuration.port = port
        configuration.allowLoopbackWithoutTokens()
        configuration.drainLimit = .milliseconds(500)
        scenario.prepare(&configuration)
        self.configuration = configuration
    }

    /// Runs `body` with the backend's URL, then stops everything.
    func with(_ body: (String) async throws -> Void) async throws {
        // The console owns the terminal, so the backend's log must not reach it.
        let logger = Logger(label: "demo") { _ in SwiftLogNoOpLogHandler() }
        let server = BackendServer(configuration, logger: logger)
        let group = ServiceGroup(services: [server], logger: logger)
        let serving = Task { try await group.run() }
        guard let port = await server.port() else {
            OutputStreams.writeError(
                "ctxtop: the demo's backend cannot listen on port \(configuration.port); use --port 0")
            throw ExitCode(3)
        }
        let users = SyntheticUsers(host: "127.0.0.1", port: port, traffic: traffic, client: .shared)
        let working = Task { await users.run() }
        let playing = Task { try await scenario.play(server.backend, timing) }
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body("http://127.0.0.1:\(port)")) } catch {
            outcome = .failure(error)
        }
        playing.cancel()
        working.cancel()
        await group.triggerGracefulShutdown()
        try? await serving.value
        try outcome.get()
    }
}
