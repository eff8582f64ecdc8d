import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import WireProtocol

/// A user of the HTTP path: one request a run, the same thread each time.
struct HTTPUser: SyntheticUser {
    let path = "http"
    let visitor: Visitor
    let base: String
    let client: HTTPClient
    let thread: String

    mutating func work(_ prompt: String) async -> WorkOutcome {
        let body: JSONValue = [
            "threadId": .string(thread),
            "messages": [["role": "user", "content": .string(prompt), "id": "m"]],
            "runId": .string(UUIDv7.text(at: SystemClock.now())), "state": [:], "tools": [],
            "context": [], "forwardedProps": [:],
        ]
        do {
            let response = try await client.post(base + "/v1/agents/assistant/ag-ui", body, as: visitor)
            // The stream ends with the run; its last event says how the run ended.
            var tail: [UInt8] = []
            for try await buffer in response.body {
                tail = Array((tail + buffer.readableBytesView).suffix(4096))
            }
            let text = String(decoding: tail, as: UTF8.self)
            if response.status == .ok, text.contains("\"RUN_FINISHED\"") { return .completed }
            return .failed(Self.words(text, status: response.status.code))
        } catch {
            return .unreachable("\(error)")
        }
    }

    /// Why there is no RUN_FINISHED: a RUN_ERROR's message, a problem's detail, or what came instead.
    private static func words(_ text: String, status: UInt) -> String {
        let last = text.split(separator: "\n").last { $0.hasPrefix("data: ") }?.dropFirst(6)
        if let last, let message = (try? JSONParser.parse(last.utf8))?["message"]?.string { return message }
        let detail = (try? JSONParser.parse(text.utf8))?["detail"]?.string
        return "\(status): \(detail ?? String(text.suffix(200)))"
    }

    mutating func leave() async {}
}

/// A user of the background path: leaves a job and looks again until it has ended.
struct JobUser: SyntheticUser {
    let path = "background"
    let visitor: Visitor
    let base: String
    let client: HTTPClient
    /// How long a job may take before this user gives up on it.
    var patience = Duration.seconds(120)

    mutating func work(_ prompt: String) async -> WorkOutcome {
        do {
            let response = try await client.post(base + "/v1/jobs", ["prompt": .string(prompt)], as: visitor)
            let answer = try await response.json()
            guard response.status == .accepted, let id = answer["id"]?.string else {
                return .failed("\(response.status.code): \(answer["detail"]?.string ?? answer.text)")
            }
            return try await wait(for: id)
        } catch {
            return .unreachable("\(error)")
        }
    }

    private func wait(for id: String) async throws -> WorkOutcome {
        let deadline = ContinuousClock.now + patience
        while ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(50))
            var request = HTTPClientRequest(url: base + "/v1/jobs/" + id)
            request.headers.add(name: visitor.header.name, value: visitor.header.value)
            let answer = try await client.execute(request, timeout: .seconds(10)).json()
            switch answer["state"]?.string {
            case "running": continue
            case "completed": return .completed
            case let state: return .failed(answer["error"]?.string ?? state ?? "the job is gone")
            }
        }
        return .failed("the job \(id) has not ended after \(patience.components.seconds) s")
    }

    mutating func leave() async {}
}

extension HTTPClient {
    /// Posts a JSON document as that user.
    fileprivate func post(_ url: String, _ body: JSONValue, as visitor: Visitor) async throws
        -> HTTPClientResponse
    {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers = ["Content-Type": "application/json", visitor.header.name: visitor.header.value]
        request.body = .bytes(ByteBuffer(bytes: body.serialized))
        return try await execute(request, timeout: .seconds(60))
    }
}

extension HTTPClientResponse {
    /// The body as JSON; null when it is none.
    fileprivate func json() async throws -> JSONValue {
        let buffer = try await body.collect(upTo: 1 << 20)
        return (try? JSONParser.parse(buffer.readableBytesView)) ?? .null
    }
}
