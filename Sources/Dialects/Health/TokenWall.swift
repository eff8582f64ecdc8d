import WireProtocol

/// Whether the operator's token opens anything beside an open health endpoint.
///
/// A guessed route that refuses counts for nothing, unless a token was sent: then a refusal everywhere says
/// that the token is wrong or expired, and nothing behind the wall was read.
struct TokenWall {
    /// What each route answered that refused the token.
    private var refusals: [String: String] = [:]
    /// The routes that answered something readable.
    private var opened: Set<String> = []
    private var said: String?

    /// Takes a route's answer.
    mutating func take(_ document: HealthAnswerDocument, at path: String) {
        refusals[path] = document.status == 401 && document.isAuthorized ? document.refusal : nil
        if document.countsForNothing { opened.remove(path) } else { opened.insert(path) }
    }

    /// What is new of it, once every guess was tried.
    mutating func news() -> [Message] {
        var failure: String?
        if opened.isEmpty, let first = refusals.keys.min(), let words = refusals[first] {
            let more = refusals.count > 1 ? " and \(refusals.count - 1) more" : ""
            failure = "\(words), at \(first)\(more); give the right one with --token-file"
        }
        guard failure != said else { return [] }
        said = failure
        return [.read(ReadOutcome(.health, "routes that need the token", failure: failure))]
    }
}
