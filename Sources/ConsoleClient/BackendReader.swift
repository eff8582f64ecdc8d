import AsyncHTTPClient
import Dialects
import NIOCore
import NIOHTTP1
import Synchronization
public import WireProtocol

/// Asks a backend once: health, which dialect it speaks, and the snapshot where there is one.
public struct BackendReader: Sendable {
    /// The limits of WIRE.md, in bytes.
    static let healthLimit = 1 << 20
    static let snapshotLimit = 64 << 20
    /// What the routes of other people's servers may answer: 16 MiB, a page of 200 threads or an OpenAPI document.
    static let probeLimit = 16 << 20

    let reader: HTTPReader
    /// A dialect that is not looked for but given.
    let forced: Dialect?

    init(target: BackendTarget, options: ClientOptions, dialect: Dialect?, client: HTTPClient) {
        reader = HTTPReader(target: target, options: options, client: client)
        forced = dialect
    }

    /// Asks once and never retries; the messages end with how the link stands.
    public static func readOnce(
        _ target: BackendTarget, _ options: ClientOptions, dialect: Dialect? = nil
    ) async -> [Message] {
        do {
            let client = try HTTPReader.client(options)
            let reader = BackendReader(target: target, options: options, dialect: dialect, client: client)
            let messages = await reader.readOnce()
            // Not awaited: how old the answers are is judged by when they are returned.
            Task { try? await client.shutdown() }
            return messages
        } catch {
            return [.link(.lost, reason: "\(error)", retryIn: nil)]
        }
    }

    func readOnce() async -> [Message] {
        let round = await askHealth()
        guard let root = round.monitorRoot else { return await readDialect(round) }
        do throws(ReadError) {
            let snapshot = try await snapshot(root)
            let others = await otherBoots(root, than: snapshot)
            return round.messages + [.snapshot(snapshot), outcome(of: root, nil)] + others
                + [.link(.connected, reason: nil, retryIn: nil)]
        } catch {
            return round.messages + [
                .refused(what: "snapshot", reason: error.description), outcome(of: root, error),
                .link(.connected, reason: "snapshot: \(error)", retryIn: nil),
            ]
        }
    }

    /// The messages of a round, and those of what its dialect knows beyond health.
    private func readDialect(_ round: HealthRound) async -> [Message] {
        guard let dialectReader = dialectReader(of: round) else { return round.messages }
        let found = Mutex<[Message]>([])
        let link = DialectLink(dialectReader, reader, of: round, jitter: { 1 }) { message in
            found.withLock { $0.append(message) }
        }
        var health: DialectAnswer?
        for message in round.messages {
            if case .health(let record, let body) = message { health = .health(record, body: body) }
        }
        for guess in round.guessed { await link.take(guess.answer) }
        await link.once()
        if let health { await link.take(health) }
        return round.messages + found.withLock { $0 } + [.link(.connected, reason: nil, retryIn: nil)]
    }

    /// What reads a backend beyond its health; nil where that is all there is, or the target names one address.
    ///
    /// - Parameter waits: see ``HealthRoutesReader``.
    func dialectReader(of round: HealthRound, waits: Bool = false) -> (any DialectReader)? {
        guard let dialect = round.dialect else { return nil }
        let isHealthAlone = [Dialect.genericHealth, .liteLLM].contains { $0.name == dialect.name }
        var inner = isHealthAlone && reader.target.namesPath ? nil : dialect.reader?()
        if var scoped = inner as? any UserScopedReader {
            scoped.users = reader.options.users
            inner = scoped
        }
        if dialect.hasOwnRoutes, let own = inner { inner = OwnRoutesReader(around: own, dialect.name) }
        // A target with a path is asked at that address alone, for whatever is about health.
        guard !reader.target.namesPath, dialect.hasUsualHealthRoutes, let url = round.url else {
            return inner
        }
        return HealthRoutesReader(
            around: inner, primary: path(of: url), known: round.knownRoutes, avoided: dialect.avoids,
            waits: waits, words: reader.options.healthWords)
    }

    /// Asks for health where the target says, or where the dialects know it to be.
    func askHealth(
        at known: String? = nil, as chosen: Dialect? = nil, below base: String = ""
    ) async -> HealthRound {
        var round = HealthRound()
        round.base = base
        let target = reader.target
        let candidates = known.map { [$0] } ?? healthURLs
        if known == nil, candidates.count > 1, let frugal = await search.costly() {
            return await askHealth(at: target.origin + frugal.path, as: frugal.dialect)
        }
        let first = SystemClock.now()
        do throws(ReadError) {
            var (url, answer, latency) = try await health(at: candidates[0], isKnown: known != nil)
            var at = first
            round.wasAnswered = true
            // A bare host is asked further only where the address tells nothing.
            if answer.countsForNothing, candidates.count > 1 {
                round.guessed = await guesses(at: candidates.dropFirst())
                if let found = round.guessed.first(where: { !$0.document.countsForNothing }) {
                    round.guessed.append(
                        Guess(
                            request: Self.request(path(of: url)), url: url, document: answer,
                            latency: latency,
                            at: first))
                    (url, answer, latency, at) = (found.url, found.document, found.latency, found.at)
                }
            }
            let finding = await search.dialect(of: path(of: url), answer, isKnown: known != nil)
            let found = finding.dialect
            round.take(finding)
            if known == nil, let (mounted, base, path) = await search.mounted(answer, found) {
                return await askHealth(at: target.origin + base + path, as: mounted, below: base)
            }
            // Who has no health endpoint there, or one that costs, is asked where its dialect says.
            if answer.countsForNothing || found.avoids.contains(path(of: url)), known == nil,
                let path = found.healthPath(answered: round.answeredProbes), path != self.path(of: url),
                found.name != Dialect.genericHealth.name, !target.namesPath, forced == nil
            {
                return await askHealth(at: target.origin + path, as: found)
            }
            if let chosen { round.dialect = chosen }
            read(answer, of: url, latency: latency, at: at, into: &round)
            round.url = answer.status == 404 ? nil : url
            if found.avoids.contains(path(of: url)) { round.pause = found.healthPause }
            if round.url == nil, candidates.count > 1 { round.pause = HealthRoute.pause }
            return round
        } catch {
            round.failure = error.description
            // An address that does not exist may have answered before the one that failed.
            round.wasAnswered = if case .tooLarge = error { true } else { false }
        }
        var record = HealthRecord(round.wasAnswered ? .unknown : .fail)
        record.reason = round.failure
        record.at = SystemClock.now()
        round.messages.append(.health(record, body: []))
        if round.wasAnswered {
            round.messages.append(.refused(what: "health", reason: round.failure ?? ""))
            round.messages.append(.link(.connected, reason: round.failure, retryIn: nil))
        } else {
            round.messages.append(.link(.lost, reason: round.failure, retryIn: nil))
        }
        return round
    }

    private static func request(_ path: String) -> DialectRequest {
        DialectRequest(path, .every(HealthRoute.pause), isGuess: true)
    }

    /// The answers of guessed addresses in their order, two asked at a time; the rarer ones only where no other is there.
    private func guesses(at urls: ArraySlice<String>) async -> [Guess] {
        let end = ContinuousClock.now + reader.options.timeout
        var found: [Guess] = []
        for batch in [urls.prefix(HealthRoute.guesses.count), urls.dropFirst(HealthRoute.guesses.count)] {
            found += await guesses(at: batch, until: end)
            if found.contains(where: { !$0.document.countsForNothing }) { break }
        }
        return found
    }

    private func guesses(at urls: ArraySlice<String>, until end: ContinuousClock.Instant) async -> [Guess] {
        let found = await tasks(Array(urls), inFlight: DialectLink.guessesInFlight) { url -> Guess? in
            let (started, at) = (ContinuousClock.now, SystemClock.now())
            guard started < end, !Task.isCancelled,
                let document = try? await reader.get(
                    url, limit: Self.healthLimit, timeout: started.duration(to: end))
            else { return nil }
            return Guess(
                request: Self.request(path(of: url)), url: url, document: document, latency: .now - started,
                at: at)
        }
        return found.compactMap { $0 }
    }

    /// The answer of a health address, which one it came from, and how long it took.
    ///
    /// A server that speaks no HTTP/1.1, or says that it is one of gRPC, is asked for gRPC's health.
    private func health(
        at url: String, isKnown: Bool
    ) async throws(ReadError) -> (url: String, answer: HealthAnswerDocument, latency: Duration) {
        let started = ContinuousClock.now
        let path = url.dropFirst(reader.target.origin.count)
        if let service = GRPCHealth.service(ofPath: path) {
            return (url, try await grpc.health(service), .now - started)
        }
        let found: HealthAnswerDocument?
        var failure = ReadError.closed
        do throws(ReadError) { found = try await reader.get(url, limit: Self.healthLimit) } catch {
            (found, failure) = (nil, error)
        }
        let latency = ContinuousClock.now - started
        let isGRPC = found?.isGRPC ?? failure.isOtherProtocol
        if isGRPC, !isKnown, forced == nil, !reader.target.namesPath {
            let again = ContinuousClock.now
            if let answer = try? await grpc.health(""), answer.isGRPC {
                return (reader.target.origin + GRPCHealth.checkPath, answer, .now - again)
            }
        }
        guard let found else { throw failure }
        return (url, found, latency)
    }

    /// The path of a URL of the target.
    func path(of url: String) -> String {
        String(url.dropFirst(reader.target.origin.count).prefix { $0 != "?" })
    }

    private var search: DialectSearch { DialectSearch(reader: reader, forced: forced) }

    private var grpc: GRPCCaller { GRPCCaller(target: reader.target, options: reader.options) }

    /// Where health is asked for: what the target names, or what the dialects know.
    private var healthURLs: [String] {
        let target = reader.target
        if forced?.name == Dialect.grpcHealth.name {
            let service = target.path.drop { $0 == "/" }
            return [target.origin + GRPCHealth.checkPath + (service.isEmpty ? "" : "?" + service)]
        }
        if target.namesPath { return [target.url] }
        var paths: [String] = []
        // The generic list holds what the others know, in the order of how common it is.
        for dialect in forced.map({ [$0] }) ?? [.native, .genericHealth] {
            paths += dialect.healthPaths.filter { !paths.contains($0) }
        }
        return paths.map { target.origin + $0 }
    }

    private func read(
        _ answer: HealthAnswerDocument, of url: String, latency: Duration, at: Timestamp,
        into round: inout HealthRound
    ) {
        var record = HealthNormalizer.read(answer, words: reader.options.healthWords)
        record.address = path(of: url)
        // Where there is no health route, that it answers is all that is known.
        if round.dialect?.isWellWhenItAnswers == true, answer.status == 200, record.status == .unknown {
            (record.status, record.reason) = (.pass, nil)
        }
        record.latencyMs =
            Double(latency.components.attoseconds / 1_000_000_000_000) / 1000
            + Double(latency.components.seconds) * 1000
        record.at = at
        if answer.status == 404 {
            record.ignored = round.guessed.map { "\(path(of: $0.url)) \($0.document.shortText)" }
        }
        let dialect = round.dialect ?? .genericHealth
        let stack = answer.isGRPC ? .grpc : Stack.recognizing(server: answer.server, answer.json)
        round.messages = [
            .health(record, body: Array(answer.body.prefix(64 << 10))),
            .dialect(name: dialect.name, coverage: dialect.coverage.exposed(on: stack)),
        ]
        let isNative = dialect.name == Dialect.native.name
        // What is relayed shows no more than its source does.
        if isNative, let relayed = answer.json?["relays"]?.object.flatMap({ RelayRecord(json: $0) }) {
            round.messages[1] = .dialect(name: relayed.dialect, coverage: relayed.coverage)
        }
        if let problem = Self.unreadableRoot(answer, isNative: isNative) {
            round.messages.append(.read(ReadOutcome(.sessions, "links.monitor", failure: problem)))
        }
        if isNative, let link = answer.json.flatMap(Dialect.monitorRoot) {
            if let root = reader.target.resolve(link) {
                round.monitorRoot = root
            } else {
                let reason = "it leads to another origin, which is refused: \(link)"
                round.messages.append(.refused(what: "links.monitor", reason: reason))
                round.messages.append(.read(ReadOutcome(.sessions, "links.monitor", failure: reason)))
            }
        }
        round.messages.append(.link(.connected, reason: nil, retryIn: nil))
    }

    /// What is wrong with an announced monitoring root, or with none where the dialect requires one.
    private static func unreadableRoot(_ answer: HealthAnswerDocument, isNative: Bool) -> String? {
        guard (200..<300).contains(answer.status) || answer.status == 503, let health = answer.json,
            Dialect.monitorRoot(health) == nil
        else { return nil }
        if let link = health["links"]?["monitor"] {
            return "it must be a path such as \"/monitor/v1\", and is \(link.text.prefix(80))"
        }
        return isNative ? "the health document names no monitoring root; is this a ctxtop backend?" : nil
    }
}
