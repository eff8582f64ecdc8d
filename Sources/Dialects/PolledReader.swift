import WireProtocol

/// Why an answer is of no use, in words.
struct UnreadableAnswer: Error, Hashable {
    /// What was answered.
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

/// A reader of a server that is asked for JSON again and again and sends nothing by itself.
protocol PolledReader: DialectReader {
    /// Which addresses could not be read.
    var ledger: ReadLedger { get set }
    /// The part of the backend that an address shows; nil where a server need not have it.
    func part(of request: DialectRequest) -> Coverage.Part?
    /// The address as the operator knows it.
    func address(of request: DialectRequest) -> String
    /// Takes what an address answered.
    ///
    /// - Throws: when the answer has another shape.
    mutating func take(_ json: JSONValue, of request: DialectRequest, at moment: Timestamp)
        throws(UnreadableAnswer) -> [Message]
    /// Takes that nothing is at an address; nil when that is a failure.
    mutating func takeAbsence(of request: DialectRequest, at moment: Timestamp) -> [Message]?
    /// Takes that an address could not be read; what was read of it before stays.
    mutating func takeFailure(of request: DialectRequest, at moment: Timestamp) -> [Message]
}

extension PolledReader {
    func address(of request: DialectRequest) -> String { "GET " + request.path }

    mutating func take(_ answer: DialectAnswer, at moment: Timestamp) -> [Message] {
        switch answer {
        case .health(let record, let body): return [.health(record, body: body)]
        case .opened, .event, .frame: return []
        case .failed(let request, let reason):
            guard let part = part(of: request) else { return [] }
            return ledger.miss(part, address(of: request), reason) + takeFailure(of: request, at: moment)
        case .document(let request, let document, _): return take(document, of: request, at: moment)
        }
    }

    private mutating func take(
        _ document: HealthAnswerDocument, of request: DialectRequest, at moment: Timestamp
    ) -> [Message] {
        // Before the answer is taken: it can remove what the address stands for.
        let (part, address) = (part(of: request), address(of: request))
        if document.status == 404, let messages = takeAbsence(of: request, at: moment) {
            return (part.map { ledger.recover($0, address) } ?? []) + messages
        }
        var words = RefusalWords.words(document, expected: "JSON")
        if document.status == 200, let json = document.json {
            do throws(UnreadableAnswer) {
                let messages = try take(json, of: request, at: moment)
                return (part.map { ledger.recover($0, address) } ?? []) + messages
            } catch { words = error.reason }
        }
        guard let part else { return [] }
        return ledger.refuse(part, address, document, words: words) + takeFailure(of: request, at: moment)
    }
}
