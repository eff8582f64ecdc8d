import AsyncHTTPClient
import Dialects
import NIOCore
import NIOHTTP1
import NIOPosix
import WebSocketTransport
import WireProtocol

/// Keeps going what a dialect's reader asks for: polls with back-off, streams that are resumed.
///
/// The reader lives in this actor, so answers of all its addresses reach it, and
/// their messages the outlet, one after the other.
actor DialectLink {
    /// How many addresses one reader may have asked at a time.
    private static let maximumRequests = 256
    /// The longest pause that failures of one address lead to.
    private static let maximumPause = Duration.seconds(60)

    private var reader: any DialectReader
    private let http: HTTPReader
    private let jitter: @Sendable () -> Double
    private let send: @Sendable (Message) -> Void
    /// The guesses that were answered before this link began; their next round comes after a pause.
    private let answered: Set<String>
    private let (news, changed) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    init(
        _ reader: any DialectReader, _ http: HTTPReader, answered: Set<String> = [],
        jitter: @escaping @Sendable () -> Double, send: @escaping @Sendable (Message) -> Void
    ) {
        self.reader = reader
        self.http = http
        self.answered = answered
        self.jitter = jitter
        self.send = send
    }

    /// Gives an answer to the reader and its messages to the outlet.
    func take(_ answer: DialectAnswer) {
        for message in reader.take(answer, at: SystemClock.now()) { send(message) }
        changed.yield()
    }

    private var wanted: [DialectRequest] { Array(reader.requests.prefix(Self.maximumRequests)) }

    /// Asks until the task is cancelled.
    func run() async {
        var running: [DialectRequest: Task<Void, Never>] = [:]
        let guessing = Task { await self.guess() }
        changed.yield()
        for await _ in news {
            let requests = wanted.filter { !$0.isGuess }
            for (request, task) in running where !requests.contains(request) {
                task.cancel()
                running[request] = nil
            }
            for request in requests where running[request] == nil {
                running[request] = Task { await self.keep(request) }
            }
        }
        guessing.cancel()
        for task in running.values { task.cancel() }
        for task in running.values { await task.value }
        await guessing.value
    }

    /// How many guessed addresses are asked at a time.
    static let guessesInFlight = 2

    /// Asks the guessed addresses round after round.
    private func guess() async {
        var known = answered
        while !Task.isCancelled {
            let guesses = wanted.filter { $0.isGuess && !known.contains($0.path) }
            await ask(guesses, until: nil)
            known = []
            try? await Task.sleep(for: HealthRoute.pause)
        }
    }

    /// Asks a few of those addresses at a time, and none after `end`.
    private func ask(_ guesses: [DialectRequest], until end: ContinuousClock.Instant?) async {
        _ = await tasks(guesses, inFlight: Self.guessesInFlight) { request in
            let left = end.map { ContinuousClock.now.duration(to: $0) }
            if Task.isCancelled || left.map({ $0 <= .zero }) == true { return }
            _ = await self.ask(request, within: left)
        }
    }

    /// Asks everything that is no stream one time, and what the answers lead to, for one-shot commands.
    func once() async {
        let end = ContinuousClock.now + http.options.timeout
        var asked: Set<DialectRequest> = []
        for _ in 0..<3 {
            let next = wanted.filter { !$0.rhythm.isOpenEnded && !asked.contains($0) }
            if next.isEmpty { return }
            asked.formUnion(next)
            await withTaskGroup(of: Void.self) { group in
                for request in next where !request.isGuess { group.addTask { _ = await self.ask(request) } }
                let guesses = next.filter { $0.isGuess && !answered.contains($0.path) }
                group.addTask { await self.ask(guesses, until: end) }
            }
        }
    }

    private func keep(_ request: DialectRequest) async {
        switch request.rhythm {
        case .once: _ = await ask(request)
        case .every(let interval):
            var pause = interval
            while !Task.isCancelled {
                pause = Self.pause(after: pause, of: interval, isAnswered: await ask(request))
                try? await Task.sleep(for: pause)
            }
        case .stream: await follow(request)
        case .socket: await listen(request)
        }
    }

    /// How long an address is left alone: its interval, doubled up to a minute for each ask without an answer.
    static func pause(after last: Duration, of interval: Duration, isAnswered: Bool) -> Duration {
        isAnswered ? interval : min(max(maximumPause, interval), last * 2)
    }

    /// Asks one address; whether there was any answer.
    ///
    /// - Parameter limit: how long it may take at most, where less time is left than usual.
    private func ask(_ request: DialectRequest, within limit: Duration? = nil) async -> Bool {
        let usual = request.timeout ?? http.options.timeout
        let started = ContinuousClock.now
        do throws(ReadError) {
            let answer = try await http.get(
                http.target.origin + request.path, limit: BackendReader.probeLimit, body: request.body,
                timeout: limit.map { min($0, usual) } ?? usual, headers: request.headers)
            if !Task.isCancelled { take(.document(request, answer, took: .now - started)) }
            return true
        } catch {
            if !Task.isCancelled { take(.failed(request, reason: error.description)) }
            return false
        }
    }

    /// Keeps a WebSocket open and listens; without a token nobody would be served, so nothing is asked.
    private func listen(_ request: DialectRequest) async {
        guard let token = http.options.token else { return }
        guard http.target.scheme == "http" else {
            return take(.failed(request, reason: "WebSockets over TLS are not supported here"))
        }
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                let socket = try await WebSocketClient.connect(
                    host: http.target.host, port: http.target.port, path: request.path,
                    headers: [("Authorization", "Bearer " + token)] + http.options.headers,
                    eventLoopGroup: MultiThreadedEventLoopGroup.singleton)
                take(.opened(request))
                await withTaskCancellationHandler {
                    for await message in socket.messages {
                        guard case .text(let text) = message else { continue }
                        backoff.reset()
                        take(.frame(request, Array(text.utf8)))
                    }
                } onCancel: {
                    socket.abort()
                }
                if Task.isCancelled { return }
                take(.failed(request, reason: "closed: \(await socket.closed)"))
            } catch {
                if Task.isCancelled { return }
                take(.failed(request, reason: "\(error)"))
            }
            try? await Task.sleep(for: backoff.next(jitter()))
        }
    }

    private func follow(_ request: DialectRequest) async {
        var backoff = Backoff()
        var resume = StreamResume()
        while !Task.isCancelled {
            do {
                let url = http.target.origin + request.path
                let response = try await http.open(
                    url, accept: "text/event-stream", after: resume.point, headers: request.headers)
                guard response.status.code == 200 else {
                    throw ReadError.other("HTTP \(response.status.code)")
                }
                resume.reopen()
                take(.opened(request))
                for try await buffer in response.body {
                    backoff.reset()
                    for event in resume.feed(buffer.readableBytesView) { take(.event(request, event)) }
                }
            } catch {
                if Task.isCancelled { return }
                take(.failed(request, reason: ReadError(error, http.options.timeout).description))
            }
            try? await Task.sleep(for: backoff.next(jitter()))
        }
    }
}

extension DialectRequest.Rhythm {
    /// Whether its answer never ends by itself.
    fileprivate var isOpenEnded: Bool {
        switch self {
        case .stream, .socket: true
        case .once, .every: false
        }
    }
}
