import NIOPosix
import WebSocketTransport
import WireProtocol

/// A user of the WebSocket path: one connection with one session, a new one when it is lost.
struct WebSocketUser: SyntheticUser {
    let path = "websocket"
    let visitor: Visitor
    let host: String
    let port: Int
    private var chat: WebSocketChat?

    init(_ visitor: Visitor, host: String, port: Int) {
        self.visitor = visitor
        self.host = host
        self.port = port
    }

    mutating func work(_ prompt: String) async -> WorkOutcome {
        do throws(ChatError) {
            let chat = try await connected()
            return try await chat.run(prompt)
        } catch {
            switch error {
            case .refused(let words): return .failed(words)
            case .lost(let words):
                await leave()
                return .unreachable(words)
            }
        }
    }

    private mutating func connected() async throws(ChatError) -> WebSocketChat {
        if let chat { return chat }
        let opened = try await WebSocketChat(host: host, port: port, as: visitor)
        chat = opened
        return opened
    }

    mutating func leave() async {
        await chat?.close()
        chat = nil
    }
}

/// Why a chat could not go on.
enum ChatError: Error {
    /// The backend answered with an error; the connection lives.
    case refused(String)
    /// The connection is gone.
    case lost(String)
}

/// One WebSocket connection of a user: requests out, answers and events in.
actor WebSocketChat {
    private let connection: WebSocketConnection
    private var incoming: AsyncStream<JSONValue>.Iterator
    /// Events that came before the answer that was awaited: a short run may have ended by then.
    private var unread: [JSONValue] = []
    /// The session's id from the first try on: one that got no dispatcher is tried again, not replaced.
    nonisolated let session = UUIDv7.text(at: SystemClock.now())
    private var isOpen = false
    private var nextID: Int64 = 1

    init(host: String, port: Int, as visitor: Visitor) async throws(ChatError) {
        do {
            connection = try await WebSocketClient.connect(
                host: host, port: port, path: "/v1/ws", headers: [visitor.header],
                subprotocols: ["ag-ui.v1.json"], eventLoopGroup: MultiThreadedEventLoopGroup.singleton)
        } catch { throw .lost("\(error)") }
        let (stream, continuation) = AsyncStream<JSONValue>.makeStream()
        incoming = stream.makeAsyncIterator()
        let connection = connection
        Task {
            for await message in connection.messages {
                guard case .text(let text) = message, let json = try? JSONParser.parse(text.utf8) else {
                    continue
                }
                continuation.yield(json)
            }
            continuation.finish()
        }
    }

    /// Opens the session when there is none, starts a run, and waits until it has ended.
    func run(_ prompt: String) async throws(ChatError) -> WorkOutcome {
        if !isOpen { _ = try await ask("session.open", ["session": .string(session)]) }
        isOpen = true
        let answer = try await ask(
            "run.start",
            ["session": .string(session), "messages": [["role": "user", "content": .string(prompt)]]])
        let run = answer["run"]?.string
        while let event = await nextEvent() {
            guard event["runId"]?.string == run || event["metadata"]?["run"]?.string == run else { continue }
            switch event["type"]?.string {
            case "RUN_FINISHED": return .completed
            case "RUN_ERROR": return .failed(event["message"]?.string ?? "the run failed")
            default: continue
            }
        }
        throw .lost("the connection closed during a run")
    }

    /// Sends a request and waits for its answer.
    func ask(_ method: String, _ parameters: JSONObject) async throws(ChatError) -> JSONValue {
        let id = nextID
        nextID += 1
        let request: JSONValue = [
            "jsonrpc": "2.0", "id": .integer(id), "method": .string(method), "params": .object(parameters),
        ]
        do { try connection.send(request.text) } catch { throw .lost("\(error)") }
        while let message = await receive() {
            guard message["id"] == .integer(id) else {
                unread.append(message)
                continue
            }
            if let error = message["error"] { throw .refused(error["message"]?.string ?? error.text) }
            return message["result"] ?? .null
        }
        throw .lost("the connection closed before the answer")
    }

    /// The next event; nil when the connection is gone.
    func nextEvent() async -> JSONValue? {
        if unread.isEmpty { return await receive() }
        return unread.removeFirst()
    }

    private func receive() async -> JSONValue? {
        var iterator = incoming
        let message = await iterator.next(isolation: self)
        incoming = iterator
        return message
    }

    func close() { connection.close() }

    /// Ends TCP without a word, as a lost network does.
    func abort() { connection.abort() }
}
