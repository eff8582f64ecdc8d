import AsyncHTTPClient
@testable import Backend
import ContextMonitor
import Logging
import NIOCore
import NIOHTTP1
import PatternDetection
import ServiceLifecycle
@testable import SyntheticUsers
import Testing
import WireProtocol

/// A real backend on a free port, for as long as a test's body runs.
struct RunningBackend: Sendable {
    let server: BackendServer
    let port: Int

    var monitor: ContextMonitor { server.backend.monitor }
    var base: String { "http://127.0.0.1:\(port)" }

    /// Runs `body` against a backend that does not pause to think.
    static func with<Result: Sendable>(
        _ change: (inout BackendConfiguration) -> Void = { _ in },
        _ body: @Sendable (RunningBackend) async throws -> Result
    ) async throws -> Result {
        var configuration = BackendConfiguration()
        configuration.port = 0
        configuration.pace = .immediate
        configuration.users = .insecureLoopback
        configuration.operators = .insecureLoopback
        change(&configuration)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let server = BackendServer(configuration, logger: logger)
        let group = ServiceGroup(services: [server], logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = try #require(await server.port())
            let result: Swift.Result<Result, any Error>
            do {
                result = .success(try await body(RunningBackend(server: server, port: port)))
            } catch { result = .failure(error) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return try result.get()
        }
    }

    /// One user of a path, as the synthetic users are.
    func user(on path: ConsumerPath, named name: String = "ada@acme.io") -> any SyntheticUser {
        let visitor = Visitor(name: name)
        return switch path {
        case .websocket: WebSocketUser(visitor, host: "127.0.0.1", port: port)
        case .http: HTTPUser(visitor: visitor, base: base, client: .shared, thread: "thread-" + name)
        default: JobUser(visitor: visitor, base: base, client: .shared)
        }
    }

    /// Asks for one run and lets go.
    func work(on path: ConsumerPath, as name: String = "ada@acme.io", _ prompt: String) async -> WorkOutcome {
        var user = user(on: path, named: name)
        let outcome = await user.work(prompt)
        await user.leave()
        return outcome
    }

    func get(_ path: String, as user: String? = nil) async throws -> (status: UInt, body: JSONValue) {
        try await send(.GET, path, nil, as: user)
    }

    /// Sends a request and reads the answer as JSON; null when it is none.
    func send(
        _ method: HTTPMethod, _ path: String, _ body: JSONValue?, as user: String?
    ) async throws -> (status: UInt, body: JSONValue) {
        let (status, text) = try await text(path, as: user, method: method, body)
        return (status, (try? JSONParser.parse(text.utf8)) ?? .null)
    }

    /// Sends a request and reads the whole answer as text.
    func text(
        _ path: String, as user: String?, method: HTTPMethod = .GET, _ body: JSONValue? = nil,
        accept: String? = nil
    ) async throws -> (status: UInt, text: String) {
        var request = HTTPClientRequest(url: base + path)
        if let accept { request.headers.add(name: "Accept", value: accept) }
        request.method = method
        if let user { request.headers.add(name: "X-Ctxtop-User", value: user) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(body.serialized)
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let buffer = try await response.body.collect(upTo: 1 << 24)
        return (response.status.code, String(buffer: buffer))
    }
}

/// Waits until a condition holds, looking every few milliseconds; false after thirty seconds.
func eventually(_ condition: @Sendable () async throws -> Bool) async rethrows -> Bool {
    let deadline = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < deadline {
        if try await condition() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return false
}
