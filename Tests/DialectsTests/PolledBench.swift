import WireProtocol

@testable import Dialects

/// A polled reader on a bench: its server is a table of answers, its clock stands until it is polled.
struct PolledBench<Reader: DialectReader> {
    /// What an address answers.
    struct Answer: ExpressibleByStringLiteral {
        let status: Int
        let body: String

        init(_ body: String, status: Int = 200) {
            self.status = status
            self.body = body
        }

        init(stringLiteral body: String) { self.init(body) }
    }

    var reader: Reader
    /// The answers by path and query, or by the path alone; nothing answers anywhere else.
    var answers: [String: Answer] = [:]
    /// The moment of the last poll.
    var now = Timestamp(milliseconds: 1_795_999_200_000)
    /// Every address that was asked, in order.
    private(set) var asked: [String] = []

    init(_ reader: Reader) { self.reader = reader }

    /// Asks everything that the reader wants, and what the answers lead to, once.
    mutating func poll(after pause: Duration = .seconds(2)) -> [Message] {
        now = now + pause
        var done: Set<DialectRequest> = []
        var messages: [Message] = []
        while let request = reader.requests.first(where: { !done.contains($0) }) {
            done.insert(request)
            asked.append(request.path)
            messages += reader.take(answer(to: request), at: now)
        }
        return messages
    }

    private func answer(to request: DialectRequest) -> DialectAnswer {
        let path = String(request.path.prefix { $0 != "?" })
        guard let answer = answers[request.path] ?? answers[path] else {
            return .failed(request, reason: "no answer within 5 s")
        }
        let document = HealthAnswerDocument(
            status: answer.status, contentType: nil, body: Array(answer.body.utf8))
        return .document(request, document, took: .zero)
    }
}

extension [Message] {
    /// The last snapshot's session of that id.
    func session(_ id: SessionID) -> SessionRecord? { snapshot?.sessions.first { $0.id == id } }

    /// What was said of addresses: `GET /x: HTTP 401`, or `GET /x: read`.
    var outcomes: [String] {
        compactMap { message in
            guard case .read(let outcome) = message else { return nil }
            return "\(outcome.address): \(outcome.failure ?? "read")"
        }
    }

    /// The coverage that was sent last.
    var coverage: Coverage? {
        reversed().lazy.compactMap { if case .dialect(_, let coverage) = $0 { coverage } else { nil } }.first
    }
}
