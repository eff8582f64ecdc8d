import AsyncHTTPClient
import Dialects
import NIOCore
import WireProtocol

/// Whether one start of the backend answers everything, which an address with several instances behind it does not.
extension BackendReader {
    /// How many times the event stream's greeting is asked for.
    private static let greetings = 3

    /// The other boots that answer at the address of `snapshot`, and whether its own answers again after them.
    ///
    /// Each question has a connection of its own, for balancers choose an instance by connection.
    func otherBoots(_ root: String, than snapshot: BackendSnapshot) async -> [Message] {
        guard let own = snapshot.bootID else { return [] }
        let end = ContinuousClock.now + reader.options.greetingPatience
        for _ in 0..<Self.greetings {
            guard let other = await onOwnConnection(until: end, { try await $0.greeting(root) }) else {
                return []
            }
            guard case .boot(let id, _) = other, id != own else { continue }
            // A restart between the two answers cannot be undone; an instance can be met again.
            let again = await onOwnConnection(until: end) { try await $0.snapshot(root) }
            let boot = again?.bootID.map { Message.boot($0, instance: again?.instance) }
            return [other] + (boot.map { [$0] } ?? [])
        }
        return []
    }

    /// Asks over a connection that nothing else was asked over; nil where no answer comes in time.
    private func onOwnConnection<Answer: Sendable>(
        until end: ContinuousClock.Instant, _ ask: @escaping @Sendable (BackendReader) async throws -> Answer?
    ) async -> Answer? {
        let left = ContinuousClock.now.duration(to: end)
        guard left > .zero, let client = try? HTTPReader.client(reader.options) else { return nil }
        let other = BackendReader(
            target: reader.target, options: reader.options, dialect: forced, client: client)
        let answer = try? await withDeadline(left) { try await ask(other) }
        // Not awaited: a stream over TLS takes 5 s to close.
        Task { try? await client.shutdown() }
        return answer
    }

    /// Who greets at the beginning of the event stream.
    private func greeting(_ root: String) async throws -> Message? {
        let response = try await openEvents(root, after: nil)
        var stream = EventStreamState(after: nil, bootID: nil)
        for try await buffer in response.body {
            _ = try stream.take(buffer.readableBytesView)
            if let greeter = stream.greeter { return .boot(greeter.boot, instance: greeter.instance) }
        }
        return nil
    }
}
