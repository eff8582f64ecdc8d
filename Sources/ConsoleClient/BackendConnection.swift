import AsyncHTTPClient
import Dialects
import NIOCore
import NIOHTTP1
public import WireProtocol

/// A live link to one backend: health polled, snapshot joined with the event stream, reconnected for ever.
///
/// One task, ``run()``; what the backend says comes out of ``messages``, which is
/// bounded: what a slow reader cannot take is counted, see ``MessageOutlet``.
public struct BackendConnection: MessageSource {
    /// What the backend says, in order.
    public var messages: AsyncStream<Message> { outlet.messages }
    private let outlet: MessageOutlet
    /// What asks the backend.
    let reader: BackendReader
    /// How it is asked.
    let options: ClientOptions
    /// Gives a random number from 0 to 1 for each wait.
    let jitter: @Sendable () -> Double
    /// Where the event stream stands, over all rounds.
    let place = StreamPlace()

    /// A link that begins when ``run()`` is called; the client is shut down by its owner.
    ///
    /// - Parameter jitter: gives a random number from 0 to 1 for each wait.
    init(
        target: BackendTarget, options: ClientOptions, dialect: Dialect?, client: HTTPClient,
        jitter: @escaping @Sendable () -> Double = { .random(in: 0...1) }
    ) {
        reader = BackendReader(target: target, options: options, dialect: dialect, client: client)
        self.options = options
        self.jitter = jitter
        outlet = MessageOutlet()
    }

    /// Keeps the link until the task is cancelled.
    public func run() async {
        await link()
        outlet.finish()
    }

    /// How a round of watching ended.
    enum Ending {
        /// The backend does not answer any more.
        case lost(String)
        /// It answers, but what is known of it must be taken anew.
        case outdated(String)
    }

    /// How long a link must last to count as progress: longer than an answer may take.
    private static let steadyTime = Duration.seconds(10)

    /// Connects, watches, and waits before it connects again.
    private func link() async {
        // What a dialect has read outlives a lost link: what was told before is not told again.
        var kept: KeptLink?
        await link(&kept)
        kept?.task.cancel()
        await kept?.task.value
    }

    private func link(_ kept: inout KeptLink?) async {
        var backoff = Backoff()
        send(.link(.connecting, reason: nil, retryIn: nil))
        while !Task.isCancelled {
            let round = await reader.askHealth()
            if Task.isCancelled { return }
            var ending = Ending.lost(round.failure ?? "the link ended")
            if round.wasAnswered {
                let hasReader = round.monitorRoot == nil && reader.dialectReader(of: round) != nil
                // A reader gives the health itself, with what it knows beyond.
                for message in round.messages where !hasReader || !message.isHealth { send(message) }
                keep(&kept, for: round)
                let began = ContinuousClock.now
                ending = await watch(round, through: kept?.link)
                // A connection that ends at once is no progress, however often it is made.
                if .now - began > Self.steadyTime { backoff.reset() }
                if Task.isCancelled { return }
            } else {
                await sendHealth(of: round)
            }
            let wait = backoff.next(jitter())
            switch ending {
            case .lost(let reason): send(.link(.lost, reason: reason, retryIn: wait))
            case .outdated(let reason): send(.link(.stale, reason: reason, retryIn: wait))
            }
            try? await Task.sleep(for: wait)
        }
    }

    /// Polls health and follows events until one of them fails.
    private func watch(
        _ round: BackendReader.HealthRound, through link: DialectLink?
    ) async -> Ending {
        guard let root = round.monitorRoot else {
            if let link {
                for guess in round.guessed { await link.take(guess.answer) }
                await sendHealth(of: round, through: link)
                await link.resume()
            }
            return await pollHealth(round, through: link)
        }
        let first: BackendSnapshot
        do throws(ReadError) { first = try await reader.snapshot(root) } catch {
            if Task.isCancelled { return .lost("cancelled") }
            send(.refused(what: "snapshot", reason: error.description))
            send(reader.outcome(of: root, error))
            send(.link(.connected, reason: "snapshot: \(error)", retryIn: nil))
            return await pollHealth(round, until: .now + options.snapshotInterval)
        }
        let start = start(at: first)
        send(reader.outcome(of: root, nil))
        return await withTaskGroup(of: Ending.self) { group in
            group.addTask { await pollHealth(round) }
            group.addTask { await refreshSnapshot(root, from: first) }
            group.addTask { await follow(root, from: first, start) }
            let ending = await group.next() ?? .lost("the link ended")
            group.cancelAll()
            return ending
        }
    }

    /// The link of a dialect's reader, and the task that keeps it going.
    private struct KeptLink {
        let link: DialectLink
        let task: Task<Void, Never>
    }

    /// Keeps the reader of the dialect that answered, or begins another one where another dialect did.
    private func keep(_ kept: inout KeptLink?, for round: BackendReader.HealthRound) {
        if let link = kept?.link, link.dialect == round.dialect?.name, link.base == round.base { return }
        kept?.task.cancel()
        kept = nil
        guard round.monitorRoot == nil, let dialectReader = reader.dialectReader(of: round, waits: true)
        else { return }
        let link = DialectLink(dialectReader, reader.reader, of: round, jitter: jitter) { [outlet] in
            outlet.send($0)
        }
        kept = KeptLink(link: link, task: Task { await link.run() })
    }

    /// Polls health until it fails, until a monitoring root appears, or until `end`.
    private func pollHealth(
        _ first: BackendReader.HealthRound, until end: ContinuousClock.Instant? = nil,
        through link: DialectLink? = nil
    ) async -> Ending {
        var pause = options.pause(after: first)
        var dialect = first.messages.first(where: \.isDialect)
        if link != nil {
            let short = min(pause, options.readinessPatience)
            try? await Task.sleep(for: short)
            if Task.isCancelled { return .lost("cancelled") }
            await sendHealth(of: first, through: link)
            pause -= short
        }
        while !Task.isCancelled {
            try? await Task.sleep(for: pause)
            if Task.isCancelled { break }
            let round = await reader.askHealth(at: first.url)
            pause = options.pause(after: round)
            if Task.isCancelled { break }
            // A relay learns what its source can show; a dialect's own reader reports that itself.
            if link == nil, let news = round.messages.first(where: \.isDialect), news != dialect {
                dialect = news
                send(news)
            }
            await sendHealth(of: round, through: link)
            if !round.wasAnswered { return .lost(round.failure ?? "no answer") }
            if first.isToBeProbed, round.isWell { return .outdated("it is well now; looking what it speaks") }
            if first.url == nil, round.url != nil { return .outdated("a health endpoint answers now") }
            if let end, .now >= end { return .outdated("asking for the snapshot again") }
            if let root = round.monitorRoot, root != first.monitorRoot {
                return .outdated("the backend names a monitoring root now")
            }
        }
        return .lost("cancelled")
    }

    private func refreshSnapshot(_ root: String, from first: BackendSnapshot) async -> Ending {
        while !Task.isCancelled {
            try? await Task.sleep(for: options.snapshotInterval)
            if Task.isCancelled { break }
            if let ending = await takeSnapshot(root, from: first) { return ending }
        }
        return .lost("cancelled")
    }

    /// Takes a snapshot of the same start of the same backend; an ending when another one answered.
    func takeSnapshot(_ root: String, from first: BackendSnapshot) async -> Ending? {
        do throws(ReadError) {
            let snapshot = try await reader.snapshot(root)
            if let boot = first.bootID, let now = snapshot.bootID, now != boot {
                // What is known then is that two boots answer; the store notices when they take turns.
                send(.snapshot(snapshot))
                return .outdated(StreamEnding.anotherBoot.description)
            }
            send(.snapshot(snapshot))
            send(reader.outcome(of: root, nil))
        } catch {
            if Task.isCancelled { return nil }
            send(.refused(what: "snapshot", reason: error.description))
            send(reader.outcome(of: root, error))
        }
        return nil
    }

    /// Gives a round's health to the reader of its dialect, which may know more, or straight on.
    private func sendHealth(of round: BackendReader.HealthRound, through link: DialectLink? = nil) async {
        for message in round.messages {
            guard case .health(let record, let body) = message else { continue }
            if let link { await link.take(.health(record, body: body)) } else { send(message) }
        }
    }

    /// Gives a message to whoever reads ``messages``.
    func send(_ message: Message) { outlet.send(message) }
}

extension Message {
    /// Whether it is an answer about health.
    fileprivate var isHealth: Bool { if case .health = self { true } else { false } }
    /// Whether it says what can be seen of the backend.
    fileprivate var isDialect: Bool { if case .dialect = self { true } else { false } }
}
