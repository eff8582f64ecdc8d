import AsyncHTTPClient
import Dialects
import NIOCore
import NIOHTTP1
public import WireProtocol

/// A live link to one backend: health polled, snapshot joined with the event stream, reconnected for ever.
///
/// One task, ``run()``; what the backend says comes out of ``messages``, which is
/// bounded: what a slow reader cannot take is counted in a `ctxtop.gap`.
public struct BackendConnection: Sendable {
    /// What the backend says, in order.
    public let messages: AsyncStream<Message>
    private let output: AsyncStream<Message>.Continuation
    private let reader: BackendReader
    private let options: ClientOptions

    /// How many messages may wait for their reader; a batch of events is one message.
    private static let capacity = 4096

    /// A link that begins when ``run()`` is called; the client is shut down by its owner.
    init(target: BackendTarget, options: ClientOptions, dialect: Dialect?, client: HTTPClient) {
        reader = BackendReader(target: target, options: options, dialect: dialect, client: client)
        self.options = options
        (messages, output) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.capacity))
    }

    /// Keeps the link until the task is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await link() }
        }
        output.finish()
    }

    /// Connects, watches, and waits before it connects again.
    private func link() async {
        var backoff = Backoff()
        send(.link(.connecting, reason: nil, retryIn: nil))
        while !Task.isCancelled {
            let round = await reader.askHealth()
            var reason = round.failure ?? "the link ended"
            if round.wasAnswered {
                for message in round.messages { send(message) }
                reason = await watch(round, onProgress: { backoff.reset() })
            } else {
                for message in round.messages { if case .health = message { send(message) } }
            }
            if Task.isCancelled { return }
            let wait = backoff.next(.random(in: 0...1))
            send(.link(.lost, reason: reason, retryIn: wait))
            try? await Task.sleep(for: wait)
        }
    }

    /// Polls health and follows events until one of them fails; gives the reason.
    private func watch(_ round: BackendReader.HealthRound, onProgress: () -> Void) async -> String {
        guard let root = round.monitorRoot else {
            onProgress()
            return await pollHealth(round.url)
        }
        let first: BackendSnapshot
        do throws(ReadError) { first = try await reader.snapshot(root) } catch {
            send(.refused(what: "snapshot", reason: error.description))
            return await pollHealth(round.url, thenStopAfter: options.snapshotInterval) ?? error.description
        }
        onProgress()
        send(.snapshot(first))
        return await withTaskGroup(of: String.self) { group in
            group.addTask { await pollHealth(round.url) }
            group.addTask { await refreshSnapshot(root) }
            group.addTask { await follow(root, from: first) }
            let reason = await group.next() ?? "the link ended"
            group.cancelAll()
            return reason
        }
    }

    private func pollHealth(_ url: String?) async -> String {
        while !Task.isCancelled {
            try? await Task.sleep(for: options.healthInterval)
            if Task.isCancelled { break }
            let round = await reader.askHealth(at: url)
            for message in round.messages {
                if case .health = message { send(message) }
            }
            if !round.wasAnswered { return round.failure ?? "no answer" }
        }
        return "cancelled"
    }

    /// Polls health for a while, so that a backend without snapshot still shows something; nil when the time is over.
    private func pollHealth(_ url: String?, thenStopAfter limit: Duration) async -> String? {
        let end = ContinuousClock.now + limit
        while !Task.isCancelled, ContinuousClock.now < end {
            try? await Task.sleep(for: options.healthInterval)
            let round = await reader.askHealth(at: url)
            for message in round.messages {
                if case .health = message { send(message) }
            }
            if !round.wasAnswered { return round.failure ?? "no answer" }
        }
        return nil
    }

    private func refreshSnapshot(_ root: String) async -> String {
        while !Task.isCancelled {
            try? await Task.sleep(for: options.snapshotInterval)
            if Task.isCancelled { break }
            do throws(ReadError) { send(.snapshot(try await reader.snapshot(root))) } catch {
                send(.refused(what: "snapshot", reason: error.description))
            }
        }
        return "cancelled"
    }

    /// Follows the event stream, resumed where it broke; ends when a new snapshot is needed.
    private func follow(_ root: String, from snapshot: BackendSnapshot) async -> String {
        var stream = EventStreamState(after: snapshot.lastEventID, bootID: snapshot.bootID)
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                try await readStream(root, &stream, onEvents: { backoff.reset() })
            } catch let ending as StreamEnding {
                return ending.description
            } catch {
                let wait = backoff.next(.random(in: 0...1))
                let words = ReadError(error, options.timeout).description
                send(.link(.stale, reason: "event stream: \(words)", retryIn: wait))
                try? await Task.sleep(for: wait)
            }
        }
        return "cancelled"
    }

    private func readStream(
        _ root: String, _ stream: inout EventStreamState, onEvents: () -> Void
    ) async throws {
        let response = try await reader.reader.open(
            root + "/events", accept: "text/event-stream", after: stream.lastID)
        switch response.status.code {
        case 200: break
        case 410: throw StreamEnding.resumePointGone
        default:
            let body = try await response.body.collect(upTo: 1 << 16)
            let answer = HealthAnswerDocument(
                status: Int(response.status.code), contentType: nil, body: Array(body.readableBytesView))
            throw ReadError.other(BackendReader.words(answer))
        }
        send(.link(.connected, reason: nil, retryIn: nil))
        for try await buffer in response.body {
            let batch = try stream.take(buffer.readableBytesView)
            if stream.takeRefused() > 0 {
                send(.refused(what: "event", reason: "an event longer than 1 MiB"))
            }
            if let batch {
                onEvents()
                send(.events(batch))
            }
        }
        throw ReadError.closed
    }

    private func send(_ message: Message) {
        guard case .dropped(.events(let batch)) = output.yield(message) else { return }
        // The reader is gone or far behind: what it misses is told like any other loss, as soon as there is room.
        let gap = OutgoingEvent(
            .gap, at: SystemClock.now(),
            value: ["lost": .integer(Int64(batch.events.count)), "after": "", "next": ""])
        output.yield(.events(EventBatch(lines: gap.line)))
    }
}

/// Why following a stream makes no sense any more and a new snapshot is needed.
enum StreamEnding: Error, Equatable, CustomStringConvertible {
    case resumePointGone
    case anotherBoot

    var description: String {
        switch self {
        case .resumePointGone: "events were missed; taking a new snapshot"
        case .anotherBoot: "another instance or a restart answered; taking a new snapshot"
        }
    }
}
