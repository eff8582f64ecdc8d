public import WireProtocol

/// Reports when none of the routes that a dialect is made of answers with anything readable.
///
/// It stands around the reader of a dialect that was given by name, or recognised by one sign, and
/// keeps quiet where that reader itself reports what it cannot read.
public struct OwnRoutesReader: DialectReader {
    private var inner: any DialectReader
    private let dialect: String
    /// What each route answered instead of something readable, in a few words.
    private var answers: [String: String] = [:]
    /// Whether anything was read, or the reader inside reports by itself what it cannot read.
    private var isDone = false
    private var said: String?

    /// A reader around `inner`, which reads that dialect.
    public init(around inner: any DialectReader, _ dialect: String) {
        self.inner = inner
        self.dialect = dialect
    }

    /// What the reader inside asks.
    public var requests: [DialectRequest] { inner.requests }

    /// Gives the answer to the reader inside, and adds whether any route was readable so far.
    public mutating func take(_ answer: DialectAnswer, at moment: Timestamp) -> [Message] {
        let messages = inner.take(answer, at: moment)
        if isDone { return messages }
        switch answer {
        case .document(let request, let document, _):
            answers[request.path] = document.isReadable ? nil : document.shortText
            isDone = document.isReadable
        case .failed(let request, let reason):
            if answers[request.path] == nil { answers[request.path] = reason }
        case .event, .frame: isDone = true
        case .health, .opened: break
        }
        let reports = messages.contains {
            if case .read(let outcome) = $0 { outcome.failure != nil } else { false }
        }
        isDone = isDone || reports
        return messages + judgement
    }

    /// What is new of whether the routes can be read.
    private var judgement: [Message] {
        mutating get {
            let failure = isDone ? nil : self.failure
            guard failure != said else { return [] }
            said = failure
            return [.read(ReadOutcome(.health, "the routes of \(dialect)", failure: failure))]
        }
    }

    /// Why nothing was read; nil while routes are still to answer.
    private var failure: String? {
        let routes = Set(inner.requests.filter { !$0.isGuess && !$0.rhythm.isOpenEnded }.map(\.path))
        guard !routes.isEmpty, routes.allSatisfy({ answers[$0] != nil }) else { return nil }
        let counts = Dictionary(routes.map { (answers[$0] ?? "", 1) }, uniquingKeysWith: +)
        let kinds = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3)
        let words = kinds.map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
        return
            "none of \(routes.count) can be read: \(words); is it \(dialect)? try without --dialect"
    }
}

extension HealthAnswerDocument {
    /// Whether a route of a dialect's own says something: a success, or a failure of the server.
    fileprivate var isReadable: Bool { !countsForNothing && ((200..<300).contains(status) || status >= 500) }
}
