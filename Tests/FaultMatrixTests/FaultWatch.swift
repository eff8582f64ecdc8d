import AsyncHTTPClient
import Backend
import ConsoleClient
import ConsoleModel
import Logging
import PatternDetection
import ServiceLifecycle
import SyntheticUsers
import Testing
import WireProtocol

/// A console's model on a real backend with users at work, over real sockets, in one process.
struct FaultWatch: Sendable {
    /// A rule's first finding.
    struct Sighting: Sendable {
        /// How long after the first user came.
        let after: Duration
        /// How long after the moment since which it holds.
        let lag: Duration
        let severity: Severity
        let subject: String
    }

    /// What was found in a watch.
    struct Outcome: Sendable {
        /// The first sight of each rule.
        var sightings: [String: Sighting] = [:]
        /// By how much the most belated look came too late: what a busy machine adds to every lag.
        var lateness = Duration.zero
        /// How many events came.
        var events = 0
    }

    var faults: [String] = []
    /// What `--pattern` takes.
    var patterns = "factory"
    /// Changes what is not set by a flag.
    var prepare: @Sendable (inout BackendConfiguration) -> Void = { _ in }
    /// What happens to the backend once users are at work.
    var play: @Sendable (Backend) async -> Void = { _ in }
    var users = 6
    var rate = 60.0
    var seed: UInt64 = 1
    var pace = AgentPace(thinkingMilliseconds: 5...40, slowToolMilliseconds: 50...150)
    /// The limits of ``matrixLimits``, or the ones that rules have.
    var limits: [String] = []

    /// Limits that are long in production, shortened so that a matrix takes seconds.
    ///
    /// A flood beside it starves a healthy run for 2 s on two cores, so a stall must be longer than that.
    static let matrixLimits = [
        "run-stalled.thinking=4s", "run-stalled.tool=4s", "dispatcher-leaked.after-end=2s",
    ]
    /// How often the model is told the time.
    private static let look = Duration.milliseconds(200)

    /// Watches until `isEnough` says so of what was found and how long it took.
    func run(until isEnough: @Sendable (Outcome, Duration) -> Bool) async throws -> Outcome {
        let logger = Logger(label: "matrix") { _ in SwiftLogNoOpLogHandler() }
        let server = BackendServer(try configuration(), logger: logger)
        let group = ServiceGroup(services: [server], logger: logger)
        let serving = Task { try await group.run() }
        let port = try #require(await server.port())
        var traffic = SyntheticTraffic(users: users, rate: rate)
        traffic.seed = seed
        let crowd = SyntheticUsers(host: "127.0.0.1", port: port, traffic: traffic, client: .shared)
        let working = Task { await crowd.run() }
        let outcome: Result<Outcome, any Error>
        do {
            outcome = .success(try await look("http://127.0.0.1:\(port)", server.backend, isEnough))
        } catch {
            outcome = .failure(error)
        }
        working.cancel()
        await group.triggerGracefulShutdown()
        try await serving.value
        return try outcome.get()
    }

    private func configuration() throws -> BackendConfiguration {
        var configuration = BackendConfiguration()
        configuration.port = 0
        configuration.pace = pace
        configuration.seed = seed
        configuration.drainLimit = .milliseconds(100)
        configuration.allowLoopbackWithoutTokens()
        configuration.faults = try faults.map { try FaultSetting(parsing: $0) }
        configuration.patterns = try PatternAssignment(parsing: patterns)
        prepare(&configuration)
        return configuration
    }

    private func ruleLimits() throws -> [String: Int64] {
        var numbers: [String: Int64] = [:]
        for text in limits {
            guard case .limit(let key, let value) = try RuleOverride.parse(text) else { continue }
            numbers[key] = value
        }
        return numbers
    }

    private func look(
        _ url: String, _ backend: Backend, _ isEnough: @Sendable (Outcome, Duration) -> Bool
    ) async throws -> Outcome {
        var options = ClientOptions()
        // What no event tells, such as limits, is in snapshots alone: a matrix does not wait 30 s for one.
        options.snapshotInterval = .seconds(2)
        let links = try ConsoleLinks(options)
        let link = links.connection(to: try BackendTarget(url))
        let (news, output) = AsyncStream<Message?>.makeStream()
        let running = Task { await link.run() }
        let reading = Task { for await message in link.messages { output.yield(message) } }
        let ticking = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: Self.look)
                output.yield(nil)
            }
        }
        var store = Store(ConsoleState(now: SystemClock.now(), ruleLimits: try ruleLimits()))
        _ = store.send(.addBackend(BackendKey(0), url: url))
        var outcome = Outcome()
        var hasPlayed = false
        let begun = SystemClock.now()
        var last = begun
        for await message in news {
            let now = SystemClock.now()
            if let message {
                _ = store.send(.received(BackendKey(0), message, at: now))
                continue
            }
            outcome.lateness = max(outcome.lateness, now.since(last) - Self.look)
            last = now
            _ = store.send(.tick(now))
            note(store.state, now.since(begun), into: &outcome)
            if outcome.events > 0, !hasPlayed {
                hasPlayed = true
                await play(backend)
            }
            if isEnough(outcome, now.since(begun)) { break }
        }
        for task in [running, reading] { task.cancel() }
        ticking.cancel()
        await running.value
        await links.shutDown()
        return outcome
    }

    private func note(_ state: ConsoleState, _ elapsed: Duration, into outcome: inout Outcome) {
        for finding in state.findings where outcome.sightings[finding.rule] == nil {
            outcome.sightings[finding.rule] = Sighting(
                after: elapsed, lag: finding.since.map { state.now.since($0) } ?? .zero,
                severity: finding.severity,
                subject: String(finding.subject.text.prefix { $0 != ":" }) + ": " + finding.summary)
        }
        outcome.events = state.isolationStatement().events
    }
}
