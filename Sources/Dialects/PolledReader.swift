import WireProtocol

/// A reader of a server that is asked for JSON again and again and sends nothing by itself.
protocol PolledReader: DialectReader {
    /// Takes what an address answered; 404 is no mistake, for not every server has everything.
    mutating func take(_ json: JSONValue, of request: DialectRequest) -> [Message]
}

extension PolledReader {
    mutating func take(_ answer: DialectAnswer, at moment: Timestamp) -> [Message] {
        switch answer {
        case .health(let record, let body): return [.health(record, body: body)]
        case .opened, .event, .frame: return []
        case .failed(let request, let reason): return [.refused(what: request.path, reason: reason)]
        case .document(let request, let document, _):
            if document.status == 404 { return [] }
            guard document.status == 200, let json = document.json else {
                return [.refused(what: request.path, reason: BackendAnswer.words(document))]
            }
            return take(json, of: request)
        }
    }
}
