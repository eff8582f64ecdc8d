import AsyncHTTPClient
import ConsoleClient
import ConsoleModel
import MonitorServer
import NIOCore
import NIOHTTP1
import Synchronization
import Testing
import WireProtocol

/// A telemetry listener with a monitoring root, both on free loopback ports, and the console beside it.
final class RunningMonitor: Sendable {
    /// Where telemetry is sent.
    let listener: String
    /// Where operators attach.
    let url: String
    /// Everything that the listener's own console was told.
    let console: LiveState

    private init(listener: String, url: String, console: LiveState) {
        self.listener = listener
        self.url = url
        self.console = console
    }

    /// Runs both during `body`.
    static func running<Result: Sendable>(
        _ change: (inout MonitorPlan.Request) -> Void = { _ in },
        _ body: (RunningMonitor) async throws -> Result
    ) async throws -> Result {
        var request = MonitorPlan.Request(address: ListenAddress(host: "127.0.0.1", port: 0))
        change(&request)
        let receiver = Receiver.telemetry(ListenAddress(host: "127.0.0.1", port: 0))
        let monitor = ReceiverMonitor(
            try MonitorPlan(request), url: receiver.url, version: "1", redaction: .secrets)
        let url = try await monitor.start()
        let links = try ConsoleLinks(ClientOptions())
        let source = monitor.watching(links.source(receiver))
        let running = Task { await source.run() }
        let console = LiveState(url: receiver.url)
        let reading = Task { await console.read(source) }
        let outcome: Swift.Result<Result, any Error>
        do {
            let state = try await console.wait { $0.backends[0].link.reason?.contains("http://") == true }
            let listener = state.backends[0].link.reason?.split(separator: " ").last.map(String.init)
            let here = RunningMonitor(listener: try #require(listener), url: url, console: console)
            outcome = .success(try await body(here))
        } catch { outcome = .failure(error) }
        running.cancel()
        await running.value
        await monitor.stop()
        await reading.value
        await links.shutDown()
        return try outcome.get()
    }

    /// Posts one trace: a run of an agent in a session, with a tool call, as it ended.
    func postTrace(_ id: Int, session: String, fails: Bool = false) async throws {
        let body = MadeUpSpans.trace(id, session: session, fails: fails)
        let status = try await post("/v1/traces", body)
        #expect(status == 200)
    }

    /// Posts a JSON body to the listener, and returns the status.
    func post(_ path: String, _ body: String) async throws -> Int {
        var request = HTTPClientRequest(url: listener + path)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(string: body))
        return Int(try await HTTPClient.shared.execute(request, timeout: .seconds(60)).status.code)
    }

    /// Asks the monitoring root, and returns status and body.
    func get(
        _ path: String, method: String = "GET", headers: [(String, String)] = []
    ) async throws -> (status: Int, body: String) {
        var request = HTTPClientRequest(url: url + path)
        request.method = .RAW(value: method)
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        return (Int(answer.status.code), String(buffer: try await answer.body.collect(upTo: 1 << 20)))
    }

    /// The first events after a resume point, as they are streamed.
    func streamedLines(after id: String, count: Int) async throws -> [String] {
        var request = HTTPClientRequest(url: url + "/monitor/v1/events")
        request.headers.add(name: "last-event-id", value: id)
        let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        #expect(answer.status == .ok)
        var (parser, lines) = (SSEParser(), [String]())
        for try await piece in answer.body {
            lines += parser.feed(piece.readableBytesView).map { String(decoding: $0.data, as: UTF8.self) }
            if lines.count >= count { break }
        }
        return lines
    }

    /// What a one-shot command reads of the monitoring root.
    func readOnce() async throws -> ConsoleState {
        var options = ClientOptions()
        options.timeout = .seconds(60)
        var store = Store(ConsoleState(now: SystemClock.now()))
        for message in await BackendReader.readOnce(try BackendTarget(url), options) {
            _ = store.send(.received(BackendKey(0), message, at: SystemClock.now()))
        }
        _ = store.send(.tick(SystemClock.now()))
        return store.state
    }

    /// Keeps a live console on the monitoring root during `body`.
    func attached<Result: Sendable>(_ body: (LiveState) async throws -> Result) async throws -> Result {
        var options = ClientOptions()
        options.timeout = .seconds(60)
        options.healthInterval = .milliseconds(50)
        let links = try ConsoleLinks(options)
        let source = links.connection(to: try BackendTarget(url))
        let state = LiveState(url: url)
        let running = Task { await source.run() }
        let reading = Task { await state.read(source) }
        let outcome: Swift.Result<Result, any Error>
        do { outcome = .success(try await body(state)) } catch { outcome = .failure(error) }
        running.cancel()
        await running.value
        await reading.value
        await links.shutDown()
        return try outcome.get()
    }
}

/// The state of a console that reads one source.
final class LiveState: Sendable {
    private let store: Mutex<Store>

    init(url: String) {
        var store = Store(ConsoleState(now: SystemClock.now()))
        _ = store.send(.addBackend(BackendKey(0), url: url))
        self.store = Mutex(store)
    }

    /// Reads the source to its end.
    func read(_ source: any MessageSource) async {
        for await message in source.messages {
            store.withLock { _ = $0.send(.received(BackendKey(0), message, at: SystemClock.now())) }
        }
    }

    /// The state now.
    var now: ConsoleState {
        store.withLock { store in
            _ = store.send(.tick(SystemClock.now()))
            return store.state
        }
    }

    /// Waits for a condition, for at most two minutes.
    @discardableResult
    func wait(until isMet: (ConsoleState) -> Bool) async throws -> ConsoleState {
        let end = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < end {
            let state = now
            if isMet(state) { return state }
            try await Task.sleep(for: .milliseconds(20))
        }
        let state = now
        try #require(isMet(state), "the state that was waited for did not come")
        return state
    }
}

/// OTLP JSON bodies of made-up agents.
enum MadeUpSpans {
    /// A run of one agent with one tool call, in the conventions of OpenTelemetry's GenAI group.
    static func trace(_ id: Int, session: String, fails: Bool) -> String {
        let now = SystemClock.now().milliseconds
        let trace = String(String(String(id).reversed()).padded(to: 32).reversed())
        func attribute(_ key: String, _ value: String) -> String {
            "{\"key\":\"\(key)\",\"value\":{\"stringValue\":\"\(value)\"}}"
        }
        let about = attribute("gen_ai.conversation.id", session) + "," + attribute("user.id", "ada")
        let status = fails ? ",\"status\":{\"code\":2,\"message\":\"the pantry is empty\"}" : ""
        let agent = """
            {"traceId":"\(trace)","spanId":"00000000000000a1","name":"invoke_agent cook","kind":1,
            "startTimeUnixNano":"\(now - 900)000000","endTimeUnixNano":"\(now - 100)000000",
            "attributes":[\(attribute("gen_ai.operation.name", "invoke_agent")),
            \(attribute("gen_ai.agent.name", "cook")),\(about)]\(status)}
            """
        let tool = """
            {"traceId":"\(trace)","spanId":"00000000000000a2","parentSpanId":"00000000000000a1",
            "name":"execute_tool weigh","kind":1,
            "startTimeUnixNano":"\(now - 700)000000","endTimeUnixNano":"\(now - 500)000000",
            "attributes":[\(attribute("gen_ai.operation.name", "execute_tool")),
            \(attribute("gen_ai.tool.name", "weigh")),\(attribute("gen_ai.tool.call.id", "c-\(id)")),\(about)]}
            """
        return """
            {"resourceSpans":[{"resource":{"attributes":[\(attribute("service.name", "kitchen"))]},
            "scopeSpans":[{"scope":{"name":"made-up"},"spans":[\(tool),\(agent)]}]}]}
            """
    }
}

extension String {
    /// The text with zeros after it, up to that many characters.
    fileprivate func padded(to count: Int) -> String {
        self + String(repeating: "0", count: Swift.max(0, count - self.count))
    }
}
