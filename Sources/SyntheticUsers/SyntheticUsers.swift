public import AsyncHTTPClient
import NIOCore
import Synchronization
import WireProtocol

/// Seeded users that work against a backend over real sockets, until their task is cancelled.
public struct SyntheticUsers: Sendable {
    private let host: String
    private let port: Int
    private let traffic: SyntheticTraffic
    private let client: HTTPClient
    private let tokens: [String: String]
    /// What became of their runs so far.
    public let outcomes = SyntheticOutcomes()

    /// Users for the backend at that address; the client makes their HTTP requests.
    ///
    /// - Parameter tokens: Their bearer tokens by name; who has none is named by `X-Ctxtop-User`.
    public init(
        host: String, port: Int, traffic: SyntheticTraffic, client: HTTPClient, tokens: [String: String] = [:]
    ) {
        self.host = host
        self.port = port
        self.traffic = traffic
        self.client = client
        self.tokens = tokens
    }

    /// Lets every user work until the task is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<traffic.users { group.addTask { await live(index) } }
        }
    }

    /// One user's life: the first run starts within a second, then one each `60/rate` seconds, give or take a fifth.
    private func live(_ index: Int) async {
        let name = Cast.name(index)
        var random = SeededGenerator(seed: traffic.seed, name)
        var rhythm = SyntheticRhythm(rate: traffic.rate)
        var user = user(index, Visitor(name: name, token: tokens[name]))
        var pause = Double.random(in: 0...min(1, rhythm.interval), using: &random)
        while !Task.isCancelled {
            do { try await Task.sleep(for: .seconds(pause)) } catch { break }
            let prompt = Cast.prompts[Int.random(in: 0..<Cast.prompts.count, using: &random)]
            let began = ContinuousClock.now
            let outcome = await user.work(prompt + " #\(UInt16.random(in: 0...999, using: &random))")
            if Task.isCancelled { break }
            outcomes.count(outcome, user.path)
            pause = rhythm.pause(
                after: outcome, took: (ContinuousClock.now - began) / .seconds(1),
                jitter: Double.random(in: 0.8...1.2, using: &random))
        }
        await user.leave()
    }

    private func user(_ index: Int, _ visitor: Visitor) -> any SyntheticUser {
        let base = "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        return switch index % 3 {
        case 0: WebSocketUser(visitor, host: host, port: port)
        case 1:
            HTTPUser(
                visitor: visitor, base: base, client: client, thread: UUIDv7.text(at: SystemClock.now()))
        default: JobUser(visitor: visitor, base: base, client: client)
        }
    }
}

/// How one piece of work ended for the user who asked for it.
enum WorkOutcome: Sendable, Equatable {
    case completed
    /// The backend refused or the run failed, in its words.
    case failed(String)
    /// No answer could be had.
    case unreachable(String)
}

/// Somebody who asks a backend for work on one path.
protocol SyntheticUser: Sendable {
    var path: String { get }
    /// Asks for one run and waits for its end.
    mutating func work(_ prompt: String) async -> WorkOutcome
    /// Lets go of whatever is open.
    mutating func leave() async
}

/// How many runs ended how, by path.
public final class SyntheticOutcomes: Sendable {
    /// The counts of one path.
    public struct Counts: Sendable, Equatable {
        /// Runs that ended well.
        public var completed = 0
        /// Runs that were refused or failed.
        public var failed = 0
        /// Requests without an answer.
        public var unreachable = 0
        /// The last failure's words.
        public var lastError: String?
    }

    private let counts = Mutex<[String: Counts]>([:])

    func count(_ outcome: WorkOutcome, _ path: String) {
        counts.withLock { counts in
            switch outcome {
            case .completed: counts[path, default: Counts()].completed += 1
            case .failed(let words):
                counts[path, default: Counts()].failed += 1
                counts[path]?.lastError = words
            case .unreachable(let words):
                counts[path, default: Counts()].unreachable += 1
                counts[path]?.lastError = words
            }
        }
    }

    /// The counts so far, by path.
    public var byPath: [String: Counts] { counts.withLock { $0 } }
}
