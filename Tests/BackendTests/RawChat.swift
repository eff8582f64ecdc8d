import NIOPosix
import WebSocketTransport
import WireProtocol

@testable import SyntheticUsers

/// A WebSocket on which a test writes every message itself and reads the answers.
actor RawChat {
    nonisolated let connection: WebSocketConnection
    private var answers: AsyncStream<JSONValue>.Iterator

    /// Connects as a user that the loopback header names.
    init(port: Int, as user: String) async throws {
        let connection = try await WebSocketClient.connect(
            host: "127.0.0.1", port: port, path: "/v1/ws", headers: [Visitor(name: user).header],
            subprotocols: ["ag-ui.v1.json"], eventLoopGroup: MultiThreadedEventLoopGroup.singleton)
        self.connection = connection
        let (stream, continuation) = AsyncStream<JSONValue>.makeStream()
        answers = stream.makeAsyncIterator()
        Task {
            for await message in connection.messages {
                guard case .text(let text) = message, let json = try? JSONParser.parse(text.utf8),
                    json["jsonrpc"] != nil
                else { continue }
                continuation.yield(json)
            }
            continuation.finish()
        }
    }

    /// Sends a text and returns the next message that answers a request; nil when the connection is gone.
    func exchange(_ text: String) async throws -> JSONValue? {
        try connection.send(text)
        var iterator = answers
        let answer = await iterator.next(isolation: self)
        answers = iterator
        return answer
    }

    /// Sends a request with the id 1.
    func ask(_ method: String, _ parameters: JSONObject) async throws -> JSONValue? {
        let request: JSONValue = [
            "jsonrpc": "2.0", "id": 1, "method": .string(method), "params": .object(parameters),
        ]
        return try await exchange(request.text)
    }

    /// Closes the connection, as a user's page does.
    nonisolated func close() { connection.close() }
}
