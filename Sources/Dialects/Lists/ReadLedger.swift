import WireProtocol

/// Which addresses of a reader can be read, told once for each change.
struct ReadLedger: Sendable {
    /// How many times in a row an address that was read before may go without an answer.
    private static let patience = 3

    private var failures: [String: String] = [:]
    private var wasRead: Set<String> = []
    private var misses: [String: Int] = [:]

    /// Takes a success.
    mutating func read(_ part: Coverage.Part, _ address: String) -> [Message] {
        misses[address] = nil
        let isNews = failures.removeValue(forKey: address) != nil || wasRead.insert(address).inserted
        return isNews ? [.read(ReadOutcome(part, address, failure: nil))] : []
    }

    /// Takes a success, or that an address is not asked for any more; news only where it failed before.
    mutating func recover(_ part: Coverage.Part, _ address: String) -> [Message] {
        misses[address] = nil
        wasRead.insert(address)
        guard failures.removeValue(forKey: address) != nil else { return [] }
        return [.read(ReadOutcome(part, address, failure: nil))]
    }

    /// Takes a refusal, which no patience changes.
    mutating func refuse(_ part: Coverage.Part, _ address: String, _ words: String) -> [Message] {
        guard failures[address] != words else { return [] }
        failures[address] = words
        return [.read(ReadOutcome(part, address, failure: words))]
    }

    /// Takes a missing answer; a restart is not a failure of an address that was read before.
    mutating func miss(_ part: Coverage.Part, _ address: String, _ words: String) -> [Message] {
        misses[address, default: 0] += 1
        guard !wasRead.contains(address) || misses[address, default: 0] >= Self.patience else { return [] }
        return refuse(part, address, words)
    }

    /// Takes an answer that is not the expected one.
    mutating func refuse(
        _ part: Coverage.Part, _ address: String, _ answer: HealthAnswerDocument, expected: String
    ) -> [Message] {
        refuse(part, address, answer, words: RefusalWords.words(answer, expected: expected))
    }

    /// The same in words of the reader's own.
    mutating func refuse(
        _ part: Coverage.Part, _ address: String, _ answer: HealthAnswerDocument, words: String
    ) -> [Message] {
        answer.status >= 500 ? miss(part, address, words) : refuse(part, address, words)
    }
}

/// What a refused request says and what to do about it.
enum RefusalWords {
    /// The status, what the body says about it, and the remedy.
    static func words(_ answer: HealthAnswerDocument, expected: String) -> String {
        let json = answer.json
        let error = json?["error"]
        let detail =
            json?["detail"]?.string ?? json?["message"]?.string ?? error?["message"]?.string ?? error?.string
        let said = detail.map { " (\($0.prefix(200)))" } ?? ""
        switch answer.status {
        case 200: return json == nil ? "the answer is not JSON" : "the answer is not \(expected)"
        case 401:
            return "HTTP 401\(said); a token is required, or the given one is wrong or expired: "
                + "--token-file FILE"
        case 403:
            return "HTTP 403\(said); the token may not read this: use an operator's with --token-file FILE"
        case let status: return "HTTP \(status)\(said)"
        }
    }
}
