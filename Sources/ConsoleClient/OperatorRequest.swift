import AsyncHTTPClient
import NIOCore
import NIOHTTP1
public import WireProtocol

/// Has a backend do something for an operator: a POST below its monitoring root (WIRE.md, routes).
public enum OperatorRequest {
    /// What came of it.
    public enum Answer: Hashable, Sendable {
        /// The backend did it; its words, or empty.
        case done(String)
        /// The backend says no; why.
        case refused(String)
        /// It could not be asked; why.
        case failed(String)
    }

    /// The largest answer that is read, in bytes: 64 KiB.
    private static let answerLimit = 64 << 10

    /// Asks once, with the operator's token; never tries again, for it may have been done.
    public static func post(
        _ route: String, _ body: JSONValue?, to target: BackendTarget, _ options: ClientOptions
    ) async -> Answer {
        do {
            let client = try HTTPReader.client(options)
            let reader = HTTPReader(target: target, options: options, client: client)
            let answer = await post(route, body, reader)
            try? await client.shutdown()
            return answer
        } catch { return .failed("\(error)") }
    }

    private static func post(_ route: String, _ body: JSONValue?, _ reader: HTTPReader) async -> Answer {
        let health = await BackendReader(
            target: reader.target, options: reader.options, dialect: nil, client: reader.client
        ).askHealth()
        guard let root = health.monitorRoot else {
            return .failed(health.failure ?? "the backend names no monitoring root")
        }
        var request = HTTPClientRequest(url: root + route)
        request.method = .POST
        reader.identify(&request)
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body.text))
        }
        do {
            let sent = request
            return try await withDeadline(reader.options.timeout) {
                let response = try await reader.client.execute(sent, deadline: .distantFuture)
                let text = try await response.body.collect(upTo: answerLimit)
                return Self.answer(Int(response.status.code), String(buffer: text))
            }
        } catch { return .failed(ReadError(error, reader.options.timeout).description) }
    }

    /// What a status and a problem document (RFC 9457) mean.
    static func answer(_ status: Int, _ text: String) -> Answer {
        let json = try? JSONParser.parse(Array(text.utf8))
        let words = json?["detail"]?.string ?? json?["title"]?.string ?? ""
        let because = words.isEmpty ? "" : ": " + words
        switch status {
        case 200..<300: return .done(words)
        case 401: return .refused("the token is missing or not accepted (--token-file)" + because)
        case 403: return .refused("the token lacks the scope act" + because)
        case 400..<500: return .refused(words.isEmpty ? "HTTP \(status)" : words)
        default: return .failed("HTTP \(status)" + because)
        }
    }
}
