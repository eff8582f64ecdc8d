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
    /// How many addresses a one-shot command asks, so that it ends: what matters first is asked first.
    private static let maximumRequestsOnce = 512
    /// The longest pause that failures of one address lead to.
    private static let maximumPause = Duration.seconds(60)

    /// The name of the dialect that is spoken.
    let dialect: String
    /// The path that the dialect is mounted at; empty at the root.
    let base: String

    private var reader: any DialectReader
    private let http: HTTPReader
    private let jitter: @Sendable () -> Double
    private let output: @Sendable (Message) -> Void
    /// The guesses that were answered before this link began; their next round comes after a pause.
    private let answered: Set<String>
    private let (news, changed) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    private var running: [DialectRequest: Task<Void, Never>] = [:]
    /// Where each stream is resumed; kept while its link is lost.
    private var resumes: [DialectRequest: StreamResume] = [:]
    /// The addresses that did not answer when they were last asked.
    private var silent: Set<DialectRequest> = []
    /// The lines that would expose the pattern on the backend's stack.
    private let exposingLines: [String]
    /// What the reader said last about what it sees.
    private var coverage: Message?

    /// A link of a reader; `round` is the answer that its dialect was recognised by.
    init(
        _ reader: any DialectReader, _ http: HTTPReader, of round: BackendReader.HealthRound = .init(),
        jitter: @escaping @Sendable () -> Double, send: @escaping @Sendable (Message) -> Void
    ) {
        dialect = round.dialect?.name ?? ""
        base = round.base
        exposingLines =
            round.messages.lazy.compactMap { message in
                if case .dialect(_, let coverage) = message { coverage.exposingLines } else { nil }
            }.first ?? []
        self.reader = reader
        self.http = http
        answered = Set(round.guessed.map(\.request.path))
        self.jitter = jitter
        output = send
    }

    /// Gives an answer to the reader and its messages to the outlet.
    func take(_ answer: DialectAnswer) {
        for message in reader.take(answer, at: SystemClock.now()) { send(message) }
        changed.yield()
    }

    private func send(_ message: Message) {
        guard case .dialect(let name, var found) = message else { return output(message) }
        found.exposingLines = exposingLines
        coverage = .dialect(name: name, coverage: found)
        output(.dialect(name: name, coverage: found))
    }

    /// Begins again what waits for its next try, for the backend answers again; streams that are open stay open.
    func resume() {
        if let coverage { output(coverage) }
        for request in silent {
            running.removeValue(forKey: request)?.cancel()
        }
        silent = []
        changed.yield()
    }

    private var wanted: [DialectRequest] { Array(reader.requests.prefix(Self.maximumRequests)) }

    /// Asks until the task is cancelled.
    func run() async {
        let guessing = Task { await self.guess() }
        changed.yield()
        for await _ in news {
            let requests = wanted.filter { !$0.isGuess }
            let kept = Set(requests)
            for (request, task) in running where !kept.contains(request) {
                task.cancel()
                (running[request], resumes[request]) = (nil, nil)
                silent.remove(request)
            }
            for request in requests where running[request] == nil {
                running[request] = Task { await self.keep(request) }
            }
        }
        guessing.cancel()
        let tasks = running.values
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
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
        while asked.count < Self.maximumRequestsOnce {
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
                url(of: request), limit: BackendReader.probeLimit, body: request.body,
                timeout: limit.map { min($0, usual) } ?? usual, headers: request.headers)
            if !Task.isCancelled {
                silent.remove(request)
                take(.document(request, answer, took: .now - started))
            }
            return true
        } catch {
            if !Task.isCancelled {
                silent.insert(request)
                take(.failed(request, reason: error.description))
            }
            return false
        }
    }

    private func url(of request: DialectRequest) -> String {
        http.target.origin + (request.isOfOrigin ? "" : base) + request.path
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
                    host: http.target.host, port: http.target.port,
                    path: (request.isOfOrigin ? "" : base) + request.path,
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
        while !Task.isCancelled {
            do {
                let response = try await http.open(
                    url(of: request), accept: "text/event-stream", after: resumes[request]?.point,
                    body: request.body, headers: request.headers)
                guard response.status.code == 200 else {
                    throw ReadError.other("HTTP \(response.status.code)")
                }
                if Task.isCancelled { return }
                resumes[request, default: StreamResume()].reopen()
                silent.remove(request)
                take(.opened(request))
                for try await buffer in response.body {
                    if Task.isCancelled { return }
                    backoff.reset()
                    for event in resumes[request, default: StreamResume()].feed(buffer.readableBytesView) {
                        take(.event(request, event))
                    }
                }
                if Task.isCancelled { return }
                take(.failed(request, reason: "the stream ended"))
            } catch {
                if Task.isCancelled { return }
                take(.failed(request, reason: ReadError(error, http.options.timeout).description))
            }
            silent.insert(request)
            try? await Task.sleep(for: backoff.next(jitter()))
        }
    }
}
