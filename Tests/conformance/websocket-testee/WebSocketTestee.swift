import NIOPosix
import WebSocketTransport

/// The client that the Autobahn suite's `fuzzingserver` judges: it echoes whatever each case sends.
///
/// The suite's own protocol: `/getCaseCount` says how many cases there are,
/// `/runCase` plays one, `/updateReports` has the verdicts written.
@main struct WebSocketTestee {
    let host: String
    let port: Int
    let agent: String

    static func main() async {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let port = Int(arguments[2]) else {
            return print("usage: websocket-testee HOST PORT AGENT")
        }
        let testee = WebSocketTestee(host: arguments[1], port: port, agent: arguments[3])
        do throws(WebSocketError) { try await testee.run() } catch { print("websocket-testee: \(error)") }
    }

    /// Plays every case, one after the other.
    private func run() async throws(WebSocketError) {
        let counting = try await connect("/getCaseCount")
        var count = 0
        for await message in counting.messages {
            if case .text(let text) = message { count = Int(text) ?? 0 }
        }
        counting.close()
        _ = await counting.closed
        guard count > 0 else { return }
        for number in 1...count { await play(try await connect("/runCase?case=\(number)&agent=\(agent)")) }
        let reporting = try await connect("/updateReports?agent=\(agent)")
        for await _ in reporting.messages {}
        reporting.close()
        _ = await reporting.closed
        print("websocket-testee: \(count) cases played")
    }

    /// Echoes until the case ends the connection, whichever way.
    private func play(_ connection: WebSocketConnection) async {
        for await message in connection.messages {
            do throws(WebSocketError) { try connection.send(message) } catch { break }
        }
        connection.close()
        _ = await connection.closed
    }

    /// A connection that takes the suite's largest message, 16 MiB, and gives it back.
    private func connect(_ path: String) async throws(WebSocketError) -> WebSocketConnection {
        try await WebSocketClient.connect(
            host: host, port: port, path: path,
            configuration: WebSocketConfiguration(
                maximumMessageBytes: 16 << 20, maximumQueuedBytes: 17 << 20),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton)
    }
}
