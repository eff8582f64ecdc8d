import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing
import WireProtocol

@testable import ConsoleClient

/// A receiver on a free loopback port, and what it has said so far.
final class RunningReceiver: Sendable {
    /// Where it listens.
    let origin: String
    /// Where it listens for gRPC; nil when it does not.
    let grpcOrigin: String?
    private let messages: AsyncStream<Message>

    private init(listening reason: String, messages: AsyncStream<Message>) throws {
        let words = reason.split(separator: " ").map(String.init)
        origin = try #require(words.last)
        grpcOrigin = words.firstIndex(of: "(gRPC)").map { words[$0 - 1] }
        self.messages = messages
    }

    /// Runs a receiver during `body`.
    static func running<Result: Sendable>(
        _ receiver: (ListenAddress) -> Receiver, _ body: (RunningReceiver) async throws -> Result
    ) async throws -> Result {
        let links = try ConsoleLinks(.patient)
        let source = links.source(receiver(ListenAddress(host: "127.0.0.1", port: 0)))
        let running = Task { await source.run() }
        var listening: String?
        for await message in source.messages {
            guard case .link(.connected, let reason?, _) = message else { continue }
            listening = reason
            break
        }
        let outcome: Swift.Result<Result, any Error>
        do {
            let here = try RunningReceiver(
                listening: try #require(listening), messages: source.messages)
            outcome = .success(try await body(here))
        } catch { outcome = .failure(error) }
        running.cancel()
        await running.value
        await links.shutDown()
        return try outcome.get()
    }

    /// Waits until what came is enough, and gives it.
    func wait(until enough: ([Message]) -> Bool) async -> [Message] {
        var seen: [Message] = []
        for await message in messages {
            seen.append(message)
            if enough(seen) { break }
        }
        return seen
    }

    /// Sends bytes on a connection of their own and gives what is answered until it is closed.
    func talk(_ bytes: [UInt8], to origin: String? = nil) async throws -> String {
        let target = try BackendTarget(origin ?? self.origin)
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: target.host, port: target.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: bytes))
            var answer = ""
            for try await piece in inbound { answer += String(buffer: piece) }
            return answer
        }
    }

    /// Posts a body, or sends it by another method, and gives status and answer.
    func post(
        _ path: String, _ body: [UInt8], type: String, headers: [(String, String)] = [],
        method: HTTPMethod = .POST
    ) async throws -> (status: Int, body: String, headers: [String: String]) {
        var request = HTTPClientRequest(url: origin + path)
        request.method = method
        if !type.isEmpty { request.headers.add(name: "content-type", value: type) }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(body)
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let answer = try await response.body.collect(upTo: 1 << 20)
        var found: [String: String] = [:]
        for (name, value) in response.headers { found[name.lowercased()] = value }
        return (Int(response.status.code), String(buffer: answer), found)
    }
}
