public import WireProtocol

/// Reads any health answer as one record, by the rule of WIRE.md "Health of others".
public struct HealthNormalizer {
    private let answer: HealthAnswerDocument
    private let words: HealthWords

    /// What the answer says: the worse of HTTP class and body, and why, where that needs words.
    public static func read(
        _ answer: HealthAnswerDocument, words: HealthWords = .standard
    ) -> HealthRecord {
        answer.isGRPC ? GRPCHealth.record(answer) : Self(answer: answer, words: words).record
    }

    private var record: HealthRecord {
        let http = HealthWords.httpClass(answer.status)
        let body = answer.obstacle.map { Body(unreadable: $0) } ?? HealthBody(words).read(answer.body)
        var record = HealthRecord(http)
        record.httpStatus = answer.status
        record.challenge = answer.challenge
        record.checks = body.checks
        switch http {
        case .pass:
            record.status = body.unreadable == nil ? max(http, body.status ?? http) : .unknown
            record.reason = reason(body, record)
        case .fail:
            record.reason = ["HTTP \(answer.status)" + contradiction(body), reason(body, record)]
                .compactMap { $0 }.joined(separator: contradiction(body).isEmpty ? ": " : "; ")
        case .unknown, .warn: record.reason = "HTTP \(answer.status)" + silence(body, record)
        }
        return record
    }

    private typealias Body = HealthBody.Reading

    /// What a body that passes says against an HTTP status that fails.
    private func contradiction(_ body: Body) -> String {
        body.unreadable == nil && body.status == .pass ? " but the body says pass" : ""
    }

    /// What the body says, in words; a success needs none unless something is said.
    private func reason(_ body: Body, _ record: HealthRecord) -> String? {
        if let unreadable = body.unreadable {
            return answer.isPage && answer.status < 300 ? unreadable + ", not a health endpoint" : unreadable
        }
        let isPassing = HealthWords.httpClass(answer.status) == .pass
        var reasons: [String] = []
        if isPassing, body.status == .fail { reasons.append("HTTP \(answer.status) but the body says fail") }
        if let said = body.reason {
            reasons.append(said)
        } else if record.status >= .warn, let culprits = culprits(in: record, record.status) {
            reasons.append(culprits)
        }
        return reasons.isEmpty ? nil : reasons.joined(separator: "; ")
    }

    /// The parts that are to blame, with the words of the first.
    ///
    /// A part of an unknown word is not blamed for a failing code; one that says more than a word may be.
    private func culprits(in record: HealthRecord, _ status: HealthStatus) -> String? {
        var found = record.checks.filter { $0.status == status }
        if found.isEmpty {
            found = record.checks.filter { check in
                check.status == .unknown && check.output?.contains(where: \.isWhitespace) == true
            }
        }
        guard let first = found.first else { return nil }
        let output =
            first.output?.split(whereSeparator: \.isNewline).first.map { ": " + $0.prefix(200) } ?? ""
        return first.name + output + (found.count > 1 ? ", and \(found.count - 1) more" : "")
    }

    /// Why a status that is neither success nor failure says nothing about health.
    private func silence(_ body: Body, _ record: HealthRecord) -> String {
        if let refusal = answer.refusal { return String(refusal.dropFirst("HTTP 401".count)) }
        let said =
            (body.unreadable ?? body.reason ?? culprits(in: record, body.status ?? .fail)).map {
                "; " + $0.prefix(200)
            } ?? ""
        switch answer.status {
        case 404: return ": there is no health endpoint at this address"
        case 405: return ": this address does not accept GET" + said
        case 429: return ": asked too often" + said
        case 300..<400: return ": \(answer.obstacle ?? "a redirect without an address")"
        case 400..<500:
            let word = body.status.map { $0 == .unknown ? "" : ": the body says \($0.rawValue)" } ?? ""
            return word.isEmpty && !said.isEmpty ? ":" + said.dropFirst() : word + said
        default: return ": no final answer"
        }
    }
}
