public import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization
import WireProtocol

/// A probe's users: each does one real run on its path and keeps what was delivered to it.
///
/// Their names begin with ``SyntheticMark/canaryPrefix``, so that whoever reads the
/// backend's events can tell them from people.
public struct Canary: Sendable {
    /// The paths that can be tried, by name.
    public static let paths = ["websocket", "http", "background"]
    /// What a canary asks for.
    private static let prompt = "Canary: which dispatcher serves me?"
    /// The most events that are kept of one run; a run that sends more has failed.
    private static let maximumEvents = 10_000

    private let host: String
    private let port: Int
    private let base: String
    private let client: HTTPClient
    private let tokens: [String: String]

    /// Canaries for the backend at that address.
    ///
    /// - Parameter tokens: Their bearer tokens by name; who has none is named by `X-Ctxtop-User`.
    public init(
        origin: String, host: String, port: Int, client: HTTPClient, tokens: [String: String] = [:]
    ) {
        (base, self.host, self.port) = (origin, host, port)
        self.client = client
        self.tokens = tokens
    }

    /// One run on a path; it never throws, whatever the backend does, and ends after `patience`.
    public func visit(_ path: String, patience: Duration) async -> CanaryVisit {
        let user = SyntheticMark.canary(of: path)
        let seen = CanaryRecord(CanaryVisit(path: path, user: user))
        let begun = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await work(Visitor(name: user, token: tokens[user]), seen) }
            group.addTask {
                guard (try? await Task.sleep(for: patience)) != nil else { return }
                seen.change { $0.failure = "no end of the run within \(patience.components.seconds) s" }
            }
            await group.next()
            group.cancelAll()
        }
        seen.change { $0.took = ContinuousClock.now - begun }
        return seen.value
    }

    private func work(_ visitor: Visitor, _ seen: CanaryRecord) async {
        let failure: String?
        switch seen.value.path {
        case "websocket": failure = await talk(as: visitor, seen)
        case "http": failure = await post(as: visitor, seen)
        default: failure = await leaveJob(as: visitor, seen)
        }
        if !Task.isCancelled, let failure { seen.change { $0.failure = $0.failure ?? failure } }
    }

    // MARK: Paths

    private func talk(as visitor: Visitor, _ seen: CanaryRecord) async -> String? {
        do throws(ChatError) {
            let chat = try await WebSocketChat(host: host, port: port, as: visitor)
            seen.change { $0.wasAnswered = true }
            let failure = await talk(on: chat, seen)
            await chat.close()
            return failure
        } catch { return error.words }
    }

    private func talk(on chat: WebSocketChat, _ seen: CanaryRecord) async -> String? {
        do throws(ChatError) {
            seen.change { $0.session = chat.session }
            _ = try await chat.ask("session.open", ["session": .string(chat.session)])
            let message: JSONValue = ["role": "user", "content": .string(Self.prompt)]
            let answer = try await chat.ask(
                "run.start", ["session": .string(chat.session), "messages": [message]])
            seen.change { $0.run = answer["run"]?.string }
            while let event = await chat.nextEvent() {
                if take(event, seen) { return nil }
            }
            return "the connection closed during the run"
        } catch { return error.words }
    }

    private func post(as visitor: Visitor, _ seen: CanaryRecord) async -> String? {
        let (thread, run) = (UUIDv7.text(at: SystemClock.now()), UUIDv7.text(at: SystemClock.now()))
        seen.change { ($0.session, $0.run) = (thread, run) }
        let body: JSONValue = [
            "threadId": .string(thread), "runId": .string(run), "state": [:], "tools": [], "context": [],
            "messages": [["role": "user", "content": .string(Self.prompt), "id": "canary"]],
            "forwardedProps": [:],
        ]
        return await follow(request(.POST, "/v1/agents/assistant/ag-ui", body, as: visitor), seen)
    }

    private func leaveJob(as visitor: Visitor, _ seen: CanaryRecord) async -> String? {
        do {
            let body: JSONValue = ["prompt": .string(Self.prompt)]
            let response = try await client.execute(
                request(.POST, "/v1/jobs", body, as: visitor), timeout: .seconds(60))
            seen.change { $0.wasAnswered = true }
            let text = try await response.body.collect(upTo: 1 << 20)
            let answer = (try? JSONParser.parse(text.readableBytesView)) ?? .null
            guard response.status == .accepted, let job = answer["id"]?.string,
                let run = answer["run"]?.string
            else { return "\(response.status.code): \(answer["detail"]?.string ?? String(buffer: text))" }
            seen.change { ($0.session, $0.run) = (job, run) }
            return await follow(request(.GET, "/v1/runs/\(run)/events", nil, as: visitor), seen)
        } catch { return "\(error)" }
    }

    // MARK: Reading

    /// Reads an event stream until the run's end; gives why there was none.
    private func follow(_ request: HTTPClientRequest, _ seen: CanaryRecord) async -> String? {
        do {
            let response = try await client.execute(request, timeout: .seconds(60))
            seen.change { $0.wasAnswered = true }
            guard response.status == .ok else {
                let text = try await response.body.collect(upTo: 1 << 20)
                let detail = (try? JSONParser.parse(text.readableBytesView))?["detail"]?.string
                return "\(response.status.code): \(detail ?? String(buffer: text))"
            }
            var parser = SSEParser()
            var hasEnded = false
            for try await buffer in response.body {
                for event in parser.feed(buffer.readableBytesView) {
                    guard let json = try? JSONParser.parse(event.data) else { continue }
                    if take(json, seen) { hasEnded = true }
                }
            }
            return hasEnded ? nil : "the stream ended before the run"
        } catch { return "\(error)" }
    }

    private func take(_ event: JSONValue, _ seen: CanaryRecord) -> Bool {
        seen.change { visit in
            if visit.take(event) { return true }
            guard visit.events.count > Self.maximumEvents else { return false }
            visit.failure = "more than \(Self.maximumEvents) events in one run"
            return true
        }
    }

    private func request(
        _ method: HTTPMethod, _ path: String, _ body: JSONValue?, as visitor: Visitor
    ) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        request.headers.add(name: visitor.header.name, value: visitor.header.value)
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body.serialized))
        }
        return request
    }
}

/// A visit that two tasks change: the one that works and the one that loses patience.
private final class CanaryRecord: Sendable {
    private let visit: Mutex<CanaryVisit>

    init(_ visit: CanaryVisit) { self.visit = Mutex(visit) }

    var value: CanaryVisit { visit.withLock { $0 } }

    @discardableResult func change<Result: Sendable>(
        _ change: (inout CanaryVisit) -> Result
    ) -> Result {
        visit.withLock { visit in change(&visit) }
    }
}

extension ChatError {
    /// The other side's words.
    fileprivate var words: String {
        switch self {
        case .refused(let words), .lost(let words): words
        }
    }
}
