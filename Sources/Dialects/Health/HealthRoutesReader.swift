public import WireProtocol

/// Adds to a backend's health what its other health routes say: liveness is not readiness.
///
/// It stands around the reader of any dialect, or around none, and asks the
/// routes that most programs have; each that answers is a row of its own.
public struct HealthRoutesReader: DialectReader {
    private var inner: (any DialectReader)?
    private let primary: HealthRoute
    private let routes: [DialectRequest]
    private let words: HealthWords
    private var answers: [String: Answer] = [:]
    private var health: (record: HealthRecord, body: [UInt8])?
    /// Whether the first health is kept back for the first round of guesses.
    private let waits: Bool
    /// How many answers of the primary route came.
    private var healthCount = 0

    /// What the routes answer to the operator's token, where health is all that the reader inside reads.
    private var wall: TokenWall?

    /// What came of a guess.
    private enum Answer {
        case read(HealthAnswerDocument, took: Duration, at: Timestamp)
        case failed(String)
    }

    /// A reader around `inner` for a backend whose health is read at `primary`.
    ///
    /// - Parameters:
    ///   - known: routes that the backend names, asked before the guesses.
    ///   - avoided: paths that are never asked, because each answer costs.
    ///   - waits: whether the first health is kept back until the first round of guesses is over, or the second
    ///     health comes: at a connect, a failing readiness then shows no passing moment.
    public init(
        around inner: (any DialectReader)?, primary: String, known: [HealthRoute] = [],
        avoided: [String] = [], waits: Bool = false, words: HealthWords = .standard
    ) {
        self.waits = waits
        self.inner = inner
        self.primary = HealthRoute(primary)
        self.words = words
        if inner == nil || inner is GenericHealthReader { wall = TokenWall() }
        let taken = Set(inner?.requests.map(\.path) ?? []).union(avoided).union([primary])
        var routes: [HealthRoute] = []
        for route in known + [.first] + HealthRoute.guesses
        where !taken.contains(route.path) && !routes.contains(route)
            && !(route == .first && !avoided.isEmpty)
        {
            routes.append(route)
        }
        self.routes = routes.prefix(HealthRoute.maximumGuesses).map {
            DialectRequest($0.path, .every(HealthRoute.pause), isGuess: true)
        }
    }

    /// What the reader inside asks, and the guesses.
    public var requests: [DialectRequest] { (inner?.requests ?? []) + routes }

    /// Keeps the answers of guesses, and gives every other one to the reader inside.
    public mutating func take(_ answer: DialectAnswer, at moment: Timestamp) -> [Message] {
        if case .document(let request, let document, _) = answer { wall?.take(document, at: request.path) }
        let messages = taken(answer, at: moment)
        return messages + (answers.count == routes.count ? wall?.news() ?? [] : [])
    }

    private mutating func taken(_ answer: DialectAnswer, at moment: Timestamp) -> [Message] {
        switch answer {
        case .document(let request, let document, let took) where request.isGuess:
            answers[request.path] = .read(document, took: took, at: moment)
            return merged
        case .failed(let request, let reason) where request.isGuess:
            answers[request.path] = .failed(reason)
            return merged
        case .health(let record, let body):
            return whole(inner?.take(answer, at: moment) ?? [.health(record, body: body)])
        case .document, .opened, .event, .frame, .failed:
            return whole(inner?.take(answer, at: moment) ?? [])
        }
    }

    /// The messages with the routes' rows in every health.
    private mutating func whole(_ messages: [Message]) -> [Message] {
        messages.flatMap { message -> [Message] in
            guard case .health(let record, let body) = message else { return [message] }
            health = (record, body)
            healthCount += 1
            return merged
        }
    }

    /// The last health with the answers of the other routes.
    private var merged: [Message] {
        guard let health, !waits || healthCount > 1 || answers.count == routes.count else { return [] }
        var record = health.record
        let uniform = uniformError(beside: health.record.httpStatus)
        var rows: [CheckRecord] = []
        for route in routes {
            guard let answer = answers[route.path] else { continue }
            switch answer {
            case .failed(let reason): record.ignored.append("\(route.path) \(reason)")
            case .read(let document, _, _) where document.countsForNothing || uniform == .allIgnored:
                record.ignored.append("\(route.path) \(document.shortText)")
            case .read(let document, _, _) where uniform == .onlyFirst && !rows.isEmpty:
                record.ignored.append("\(route.path) \(document.shortText)")
            case .read(let document, let took, let at):
                rows.append(Self.row(HealthRoute(route.path), document, took, at, words))
            }
        }
        if !rows.isEmpty { record.checks = [ownRow(record)] + rows + record.checks }
        record.countReadiness()
        return [.health(record, body: health.body)]
    }

    /// What the same error at every guessed address means.
    private enum UniformError { case none, onlyFirst, allIgnored }

    /// Whether every guess that is not nobody's gives the same error, which tells nothing of any route.
    ///
    /// 500 is what some servers give for an address that they do not have. 502 to 504 come from a gateway and say
    /// that what stands after it is gone: once is enough, and not at all where health itself says so.
    private func uniformError(beside own: Int?) -> UniformError {
        let found = answers.values.compactMap { answer -> Int? in
            if case .read(let document, _, _) = answer, !document.countsForNothing {
                document.status
            } else {
                nil
            }
        }
        guard let status = found.first, found.count > 2, status >= 500, found.allSatisfy({ $0 == status })
        else {
            return .none
        }
        return status == 500 || status == own ? .allIgnored : .onlyFirst
    }

    /// The row of the route that health is read at, so that the others can be compared with it.
    private func ownRow(_ record: HealthRecord) -> CheckRecord {
        var row = CheckRecord(name: primary.path, status: record.status)
        row.output = record.reason
        row.kind = primary.kind
        row.httpStatus = record.httpStatus
        row.latencyMs = record.latencyMs
        row.at = record.at
        row.observedValue = record.httpStatus.map { "HTTP \($0)" }
        return row
    }

    /// The row of one route's answer.
    static func row(
        _ route: HealthRoute, _ document: HealthAnswerDocument, _ took: Duration, _ at: Timestamp,
        _ words: HealthWords
    ) -> CheckRecord {
        let read = HealthNormalizer.read(document, words: words)
        var row = CheckRecord(name: route.path, status: read.status)
        row.observedValue = "HTTP \(document.status), \(took.wholeMilliseconds) ms"
        row.output = read.reason
        row.kind = route.kind
        row.httpStatus = document.status
        row.latencyMs = Double(took.wholeMilliseconds)
        row.at = at
        return row
    }
}

extension HealthRecord {
    /// Lowers the whole to the worst readiness that is believed: what is not ready is not well.
    mutating func countReadiness() {
        let readiness = checks.filter { $0.kind == .readiness && $0.isTrusted && $0.status >= .warn }
        guard let worst = readiness.max(by: { $0.status < $1.status }), worst.status > status else { return }
        status = worst.status
        let said = worst.output ?? worst.observedValue ?? worst.status.rawValue
        let own = reason.map { "; " + $0 } ?? ""
        // What the whole says of itself follows, where it says anything.
        reason = "\(worst.name): \(said)\(own)"
    }
}
